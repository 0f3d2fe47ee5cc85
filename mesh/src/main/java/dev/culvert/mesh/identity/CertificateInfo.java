package dev.culvert.mesh.identity;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;

/// One certificate as the configuration dump shows it. Immutable.
///
/// @param pem base64 of the PEM text
/// @param serialNumber decimal
/// @param validFrom RFC 3339 in whole seconds
/// @param expirationTime the same
public record CertificateInfo(String pem, String serialNumber, String validFrom, String expirationTime) {
    public static CertificateInfo of(X509Certificate certificate) {
        return new CertificateInfo(
                Base64.getEncoder().encodeToString(pem(certificate).getBytes(StandardCharsets.US_ASCII)),
                certificate.getSerialNumber().toString(),
                seconds(certificate.getNotBefore().toInstant()),
                seconds(certificate.getNotAfter().toInstant()));
    }

    private static String pem(X509Certificate certificate) {
        try {
            return Pem.text("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate cannot be encoded", e);
        }
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
