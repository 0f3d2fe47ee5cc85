package dev.culvert.mesh.channel;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/// Where the roots come from that a control plane's certificate must chain to; asked for each channel.
///
/// Called on control threads; may read a file.
@FunctionalInterface
public interface RootSource {
    /// The roots now; an empty list stands for those of the operating system.
    ///
    /// @throws IOException when they cannot be read
    /// @throws CertificateException when what is read is no certificate
    List<X509Certificate> roots() throws IOException, CertificateException;

    /// Those in a PEM file, as it is when they are asked for.
    static RootSource file(Path path) {
        return () -> {
            try {
                return parse(Files.readAllBytes(path));
            } catch (CertificateException e) {
                throw new CertificateException("no usable root certificate in " + path + ": " + e.getMessage(), e);
            }
        };
    }

    /// Those in `pem` itself.
    static RootSource inline(String pem) {
        return () -> parse(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /// Those of the operating system.
    static RootSource system() {
        return List::of;
    }

    private static List<X509Certificate> parse(byte[] pem) throws CertificateException {
        InputStream in = new ByteArrayInputStream(pem);
        List<X509Certificate> roots = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .map(X509Certificate.class::cast)
                .toList();
        if (roots.isEmpty()) {
            throw new CertificateException("expected at least one certificate in PEM, found none");
        }
        return roots;
    }
}
