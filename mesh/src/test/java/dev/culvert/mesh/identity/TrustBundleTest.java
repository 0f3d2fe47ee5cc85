package dev.culvert.mesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.FakeCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustBundleTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void seesTheRootsOfASwappedLink() throws Exception {
        try (FakeCa one = new FakeCa();
                FakeCa two = new FakeCa()) {
            Path old = Files.writeString(directory.resolve("old.pem"), FakeCa.pem(one.root()));
            Path both =
                    Files.writeString(directory.resolve("both.pem"), FakeCa.pem(one.root()) + FakeCa.pem(two.root()));
            Path link = Files.createSymbolicLink(directory.resolve("root.pem"), old);
            TrustBundle bundle = TrustBundle.of(link.toString());
            TrustBundle.Roots first = bundle.roots();
            assertThat(first.certificates()).containsExactly(one.root());
            assertThat(bundle.roots()).isSameAs(first);

            Files.delete(link);
            Files.createSymbolicLink(link, both);
            TrustBundle.Roots second = bundle.roots();
            assertThat(second.certificates()).containsExactly(one.root(), two.root());
            assertThat(second.generation()).isGreaterThan(first.generation());
        }
    }

    @Test
    void keepsTheLastGoodRoots() throws Exception {
        try (FakeCa authority = new FakeCa()) {
            Path file = Files.writeString(directory.resolve("root.pem"), FakeCa.pem(authority.root()));
            TrustBundle bundle = TrustBundle.of(file.toString());
            TrustBundle.Roots good = bundle.roots();
            Files.writeString(file, "-----BEGIN CERTIFICATE-----\nbroken");
            assertThat(bundle.roots()).isSameAs(good);
            Files.delete(file);
            assertThat(bundle.roots()).isSameAs(good);
        }
    }

    @Test
    void readsInlinePemAndTheSystemsRoots() throws Exception {
        try (FakeCa authority = new FakeCa()) {
            TrustBundle inline = TrustBundle.of(FakeCa.pem(authority.root()));
            assertThat(inline.roots().certificates()).containsExactly(authority.root());
            assertThat(TrustBundle.of("SYSTEM").roots().certificates()).isEmpty();
        }
    }

    @Test
    void saysWhichFileHasNoRoots() {
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> TrustBundle.of(missing.toString()).roots())
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(missing.toString());
    }
}
