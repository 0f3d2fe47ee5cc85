package dev.culvert.process.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateDirectoryTest {
    @TempDir
    Path temp;

    @Test
    void makesItselfAndItsFilesPrivate() throws IOException {
        StateDirectory state = StateDirectory.open(temp.resolve("a/b"));
        state.write("key", "secret".getBytes(UTF_8));
        assertThat(mode(state.path())).isEqualTo("rwx------");
        assertThat(mode(state.path().resolve("key"))).isEqualTo("rw-------");
        assertThat(state.read("key")).isEqualTo("secret".getBytes(UTF_8));
        assertThat(state.list()).containsExactly("key");
    }

    @Test
    void replacesAFileAndLeavesNothingBeside() throws IOException {
        StateDirectory state = StateDirectory.open(temp.resolve("s"));
        state.write("key", new byte[] {1});
        state.write("key", new byte[] {2});
        assertThat(state.read("key")).isEqualTo(new byte[] {2});
        try (var files = Files.list(state.path())) {
            assertThat(files).hasSize(1);
        }
        assertThat(state.delete("key")).isTrue();
        assertThat(state.delete("key")).isFalse();
        assertThat(state.read("key")).isNull();
    }

    @Test
    void refusesADirectoryThatOthersMayRead() throws IOException {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(() -> StateDirectory.open(open))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rwxr-x---")
                .hasMessageContaining("chmod 700 " + open);
    }

    @Test
    void refusesAFileThatOthersMayRead() throws IOException {
        StateDirectory state = StateDirectory.open(temp.resolve("s"));
        state.write("key", new byte[] {1});
        Path file = state.path().resolve("key");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> state.read("key")).hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void refusesASymbolicLink() throws IOException {
        StateDirectory state = StateDirectory.open(temp.resolve("s"));
        Files.createSymbolicLink(state.path().resolve("key"), Path.of("/etc/hostname"));
        assertThatThrownBy(() -> state.read("key")).hasMessageContaining("symbolic link");
    }

    @Test
    void refusesNamesThatLeadElsewhere() throws IOException {
        StateDirectory state = StateDirectory.open(temp.resolve("s"));
        for (String name : new String[] {"", ".", "..", "../x", "a/b", ".hidden"}) {
            assertThatThrownBy(() -> state.read(name)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
