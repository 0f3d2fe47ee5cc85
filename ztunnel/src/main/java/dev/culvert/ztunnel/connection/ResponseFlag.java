package dev.culvert.ztunnel.connection;

import dev.culvert.hbone.TunnelFailure;

/// How a connection ended, in the few words that Istio's dashboards know. Immutable.
public enum ResponseFlag {
    /// Nothing went wrong.
    NONE("-"),
    /// Policy, at the opening or later.
    DENY("DENY"),
    /// A connect, a copy, a drain: whatever has no word of its own.
    CONNECT("CONNECT"),
    /// An error of HTTP/2.
    H2_HANDSHAKE_FAILURE("H2_HANDSHAKE_FAILURE"),
    /// A mesh peer that did not answer, which a NetworkPolicy explains best.
    NETWORK_POLICY("NETWORK_POLICY"),
    /// No certificate of our own.
    IDENTITY_ERROR("IDENTITY_ERROR"),
    /// The peer's certificate, or one above it, is revoked; before the connection or during it.
    CERT_REVOKED("CERT_REVOKED");

    private final String text;

    ResponseFlag(String text) {
        this.text = text;
    }

    /// The flag of a tunnel that could not be had or was lost.
    static ResponseFlag of(TunnelFailure failure) {
        return switch (failure) {
            case TunnelFailure.ConnectTimedOut _ -> NETWORK_POLICY;
            case TunnelFailure.NoCertificate _ -> IDENTITY_ERROR;
            case TunnelFailure.CertificateRevoked _ -> CERT_REVOKED;
            case TunnelFailure.ProtocolError _, TunnelFailure.StreamReset _, TunnelFailure.GoingAway _ ->
                H2_HANDSHAKE_FAILURE;
            case TunnelFailure.ConnectRefused _,
                    TunnelFailure.ConnectFailed _,
                    TunnelFailure.HandshakeFailed _,
                    TunnelFailure.UnexpectedIdentity _,
                    TunnelFailure.HandshakeTimedOut _,
                    TunnelFailure.ConnectionLost _,
                    TunnelFailure.ClosedByUs _ -> CONNECT;
        };
    }

    /// The value of the `response_flags` label.
    @Override
    public String toString() {
        return text;
    }
}
