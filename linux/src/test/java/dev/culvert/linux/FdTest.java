package dev.culvert.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdTest {
    @TempDir
    Path dir;

    @Test
    void namesTheSameFileByTheSameIdentity() throws Exception {
        Path file = Files.createFile(dir.resolve("a"));
        Path other = Files.createFile(dir.resolve("b"));
        try (Fd one = Fd.open(file);
                Fd two = one.dup();
                Fd different = Fd.open(other)) {
            assertThat(two.identity()).isEqualTo(one.identity());
            assertThat(two.number()).isNotEqualTo(one.number());
            assertThat(different.identity()).isNotEqualTo(one.identity());
            assertThat(one.identity().inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        }
    }

    @Test
    void isClosedOnce() throws Exception {
        Fd fd = Fd.open(Files.createFile(dir.resolve("a")));
        int number = fd.number();
        fd.close();
        try (Fd next = Fd.open(dir.resolve("a"))) {
            assertThat(next.number()).isEqualTo(number);
            fd.close();
            assertThat(next.identity().inode()).isPositive();
        }
        assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(fd::identity).isInstanceOf(LinuxException.class).hasMessageContaining("EBADF");
    }

    @Test
    void staysOpenForACallInProgress() throws Exception {
        Fd fd = Fd.open(Files.createFile(dir.resolve("a")));
        FileIdentity seen = fd.with(number -> {
            fd.close();
            return Libc.identity(number, "");
        });
        assertThat(seen.inode()).isPositive();
        assertThat(Path.of("/proc/self/fd/" + seen)).doesNotExist();
    }

    @Test
    void saysWhatToCheckWhenAPathIsMissing() {
        assertThatThrownBy(() -> Fd.open(dir.resolve("none")))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
                .hasMessageContaining("open(\"" + dir.resolve("none") + "\") failed: ENOENT");
    }

    @Test
    void raisesTheLimitOfDescriptors() throws Exception {
        long raised = FileLimit.raise();
        assertThat(FileLimit.raise()).isEqualTo(raised);
        assertThat(raised).isGreaterThanOrEqualTo(256);
    }
}
