package dev.culvert.hbone.tls;

import java.util.List;

/// What we agree to between peers, besides what RFC 8446 makes us. Immutable.
///
/// @param tls12 whether TLS 1.2 is allowed beside 1.3
/// @param postQuantumOnly the key exchange is X25519MLKEM768, or there is no connection. TLS 1.2 does
///     not know that exchange, and so is not offered then
public record TlsOffer(boolean tls12, boolean postQuantumOnly) {
    /// TLS 1.3, the post-quantum exchange first and the classic ones for peers without it.
    public static final TlsOffer STANDARD = new TlsOffer(false, false);

    private static final String POST_QUANTUM = "X25519MLKEM768";
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_AES_128_GCM_SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES128-GCM-SHA256");

    public TlsOffer {
        tls12 = tls12 && !postQuantumOnly;
    }

    String[] protocols() {
        return tls12 ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.3"};
    }

    List<String> ciphers() {
        return tls12 ? CIPHERS : CIPHERS.subList(0, 2);
    }

    /// Key exchanges, the one we like best first.
    String[] groups() {
        return postQuantumOnly ? new String[] {POST_QUANTUM} : new String[] {POST_QUANTUM, "x25519", "P-256", "P-384"};
    }
}
