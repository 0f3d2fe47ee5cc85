package dev.culvert.process.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenStoreTest {
    @TempDir
    Path temp;

    private StateDirectory state;
    private TokenStore store;

    @BeforeEach
    void open() throws IOException {
        state = StateDirectory.open(temp.resolve("state"));
        store = TokenStore.open(state, Clock.systemUTC());
    }

    @Test
    void findsATokenByItsTextAlone() throws IOException {
        IssuedToken issued = store.create(TokenRecord.Kind.NODE, "n1");
        assertThat(store.find(issued.text())).isEqualTo(issued.record());
        assertThat(store.find(issued.text() + "x")).isNull();
        assertThat(store.find("culvert_" + issued.record().id() + "_")).isNull();
        assertThat(store.find("culvert_0123456789abcdef_" + issued.text().substring(25)))
                .isNull();
        assertThat(store.find("culvert_" + "a".repeat(4096))).isNull();
        assertThat(store.find("")).isNull();
    }

    @Test
    void keepsNoTokenOnDisk() throws IOException {
        IssuedToken issued = store.create(TokenRecord.Kind.NODE, "n1");
        String secret = issued.text().substring(25);
        try (var files = Files.walk(temp)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, UTF_8)).doesNotContain(secret);
            }
        }
        assertThat(issued.toString()).doesNotContain(secret);
    }

    @Test
    void survivesARestartAndForgetsWhatIsRevoked() throws IOException {
        IssuedToken node = store.create(TokenRecord.Kind.NODE, "n1");
        IssuedToken identity = store.create(TokenRecord.Kind.IDENTITY, "spiffe://cluster.local/ns/a/sa/b");
        TokenStore again = TokenStore.open(state, Clock.systemUTC());
        assertThat(again.list()).containsExactlyInAnyOrder(node.record(), identity.record());
        assertThat(store.revoke(node.record().id())).isTrue();
        assertThat(store.revoke(node.record().id())).isFalse();
        assertThat(store.revoke("../tokens")).isFalse();
        again.reload();
        assertThat(again.find(node.text())).isNull();
        assertThat(again.find(identity.text())).isEqualTo(identity.record());
    }

    @Test
    void leavesOutAFileThatIsNoTokenAndKeepsTheRest() throws IOException {
        IssuedToken issued = store.create(TokenRecord.Kind.NODE, "n1");
        store.directory().write("README", "kind=NODE".getBytes(UTF_8));
        store.directory().write("0123456789abcdef", "kind=NODE\nsubject=n2\n".getBytes(UTF_8));
        store.reload();
        assertThat(store.list()).containsExactly(issued.record());
    }
}
