package dev.culvert.mesh.identity;

/// Why there is no certificate, in words for the operator. Without a stack trace: it is an outcome, not a bug.
public final class CertificateRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CertificateRefused(String message) {
        super(message, null, false, false);
    }
}
