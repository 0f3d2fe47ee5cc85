package dev.culvert.mesh.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The roots by which we know the control plane, read anew whenever they are asked for. Thread-safe: asked by the
/// threads
/// that connect, which is rare.
///
/// A file is compared by content at each use instead of being watched: that needs no thread, sees a swapped symbolic
/// link
/// as well, and takes effect exactly when a channel is about to be made. A file that cannot be read, or holds no
/// certificate, leaves the last good roots in force.
public final class TrustBundle {
    /// The value of a setting that names the roots of the operating system.
    public static final String SYSTEM = "SYSTEM";

    private static final Logger LOG = LoggerFactory.getLogger(TrustBundle.class);

    private final @Nullable Path file;
    private String text;
    private @Nullable Roots current;

    /// Some roots, and a number that grows when they change.
    ///
    /// @param certificates empty for those of the operating system
    public record Roots(List<X509Certificate> certificates, long generation) {
        public Roots {
            certificates = List.copyOf(certificates);
        }
    }

    private TrustBundle(@Nullable Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /// The roots that a setting names: a path that exists is a file, `SYSTEM` is the operating system's, anything else
    /// is
    /// PEM itself.
    public static TrustBundle of(String setting) {
        if (setting.equals(SYSTEM)) {
            TrustBundle bundle = new TrustBundle(null, "");
            bundle.current = new Roots(List.of(), 0);
            return bundle;
        }
        boolean inline = setting.contains("-----BEGIN");
        return inline ? new TrustBundle(null, setting) : new TrustBundle(Path.of(setting), "");
    }

    /// The roots as they are now.
    ///
    /// @throws CertificateException when there never were any
    public synchronized Roots roots() throws CertificateException {
        Roots known = current;
        try {
            String now = file == null ? text : Files.readString(file);
            if (known == null || (file != null && !now.equals(text))) {
                known = new Roots(Pem.certificates(now), known == null ? 1 : known.generation() + 1);
                current = known;
                text = now;
            }
        } catch (IOException | CertificateException e) {
            if (known == null) {
                throw new CertificateException(
                        "no roots in " + (file == null ? "the inline PEM" : file) + ": " + e.getMessage(), e);
            }
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("error", e.getMessage())
                    .log("roots not reloaded; the old ones stay");
        }
        return known;
    }
}
