package dev.culvert.hbone;

import dev.culvert.api.SpiffeId;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a tunnel could not be had, or was lost. Immutable; each variant is one thing that an operator can check.
public sealed interface TunnelFailure {

    /// What happened, as a sentence for the log.
    String message();

    /// The peer's host, or the network before it, answered that there is nothing to connect to.
    record ConnectRefused(SocketAddress peer, Throwable cause) implements TunnelFailure {
        @Override
        public String message() {
            return peer + " does not take connections (" + cause.getMessage() + "); does a mesh proxy listen there?";
        }
    }

    /// The peer's host did not answer a TCP connect.
    record ConnectTimedOut(SocketAddress peer, Throwable cause) implements TunnelFailure {
        @Override
        public String message() {
            return "timed out connecting to " + peer + "; a NetworkPolicy may block this port";
        }
    }

    /// The TCP connect failed in another way, such as no route.
    record ConnectFailed(SocketAddress peer, Throwable cause) implements TunnelFailure {
        @Override
        public String message() {
            return "cannot connect to " + peer + ": " + cause;
        }
    }

    /// We have no certificate of our own to show.
    record NoCertificate(String reason) implements TunnelFailure {
        @Override
        public String message() {
            return "no workload certificate: " + reason;
        }
    }

    /// The TLS handshake failed: no common version, group or protocol, a bad chain, an alert from the peer.
    record HandshakeFailed(SocketAddress peer, Throwable cause) implements TunnelFailure {
        @Override
        public String message() {
            return "TLS handshake with " + peer + " failed: " + cause.getMessage();
        }
    }

    /// The peer proved an identity that is not one of those expected.
    ///
    /// @param expected null means any of our own trust domain, empty nobody
    record UnexpectedIdentity(
            SocketAddress peer,
            List<SpiffeId> presented,
            @Nullable List<SpiffeId> expected) implements TunnelFailure {
        public UnexpectedIdentity {
            presented = List.copyOf(presented);
            expected = expected == null ? null : List.copyOf(expected);
        }

        @Override
        public String message() {
            return peer + " presented " + presented + "; expected " + wanted();
        }

        private String wanted() {
            if (expected == null) {
                return "an identity of our trust domain";
            }
            return expected.isEmpty()
                    ? "nobody: the control plane names no identity for this destination"
                    : "one of " + expected;
        }
    }

    /// The authority of the peer has revoked its certificate, or one above it; before the connection or during it.
    ///
    /// @param serial number of the revoked certificate, hexadecimal
    record CertificateRevoked(SocketAddress peer, String serial, String issuer) implements TunnelFailure {
        @Override
        public String message() {
            return "the certificate of " + peer + " is revoked: serial " + serial + " of issuer " + issuer
                    + " is in the list at CRL_PATH";
        }
    }

    /// TLS, or the HTTP/2 preface after it, took longer than allowed.
    record HandshakeTimedOut(SocketAddress peer, Duration after) implements TunnelFailure {
        @Override
        public String message() {
            return peer + " did not complete TLS and HTTP/2 within " + after.toMillis() + " ms";
        }
    }

    /// The HTTP/2 connection ended by a protocol error, found by us or told by the peer.
    ///
    /// @param code the error code of RFC 9113 section 7
    record ProtocolError(long code, String detail) implements TunnelFailure {
        @Override
        public String message() {
            return "HTTP/2 error " + code + ": " + detail;
        }
    }

    /// The peer reset this stream.
    ///
    /// @param code the error code of RFC 9113 section 7
    record StreamReset(long code) implements TunnelFailure {
        private static final long NO_ERROR = 0;
        private static final long STREAM_CLOSED = 5;
        private static final long CANCEL = 8;

        /// Whether the peer merely lost interest, which a byte stream shows as its end and not as an error.
        public boolean isCleanEnd() {
            return code == NO_ERROR || code == CANCEL || code == STREAM_CLOSED;
        }

        @Override
        public String message() {
            return "stream reset by the peer with code " + code;
        }
    }

    /// The connection under the stream went away.
    record ConnectionLost(String reason) implements TunnelFailure {
        @Override
        public String message() {
            return "connection lost: " + reason;
        }
    }

    /// The peer is going away and did not process the stream; another connection may serve it.
    record GoingAway() implements TunnelFailure {
        @Override
        public String message() {
            return "the peer is going away and did not take the request";
        }
    }

    /// Our own side gave the tunnel up: its pod left, or we drain.
    record ClosedByUs(String reason) implements TunnelFailure {
        @Override
        public String message() {
            return "closed by us: " + reason;
        }
    }
}
