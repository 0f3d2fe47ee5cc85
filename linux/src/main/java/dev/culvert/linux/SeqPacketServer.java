package dev.culvert.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Listens for [SeqPacketSocket]s at a path. One platform thread accepts; [#close()] may be called
/// by any.
public final class SeqPacketServer implements AutoCloseable {
    private static final int BACKLOG = 16;

    private final Fd fd;
    private final Path path;
    private final FileIdentity file;
    private final Duration sendTimeout;

    private SeqPacketServer(Fd fd, Path path, FileIdentity file, Duration sendTimeout) {
        this.fd = fd;
        this.path = path;
        this.file = file;
        this.sendTimeout = sendTimeout;
    }

    /// Listens at `path`, in place of whatever stale socket is there, for root alone; makes the
    /// directory when there is none.
    public static SeqPacketServer listen(Path path, Duration sendTimeout) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.deleteIfExists(path);
        Fd fd = UnixAddress.socket();
        byte[] address = UnixAddress.of(path);
        try {
            Libc.checked(
                    Libc.bind(fd.number(), address, address.length),
                    "bind(\"" + path + "\")",
                    "see that the directory exists");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            Libc.checked(Libc.listen(fd.number(), BACKLOG), "listen(\"" + path + "\")", "");
            return new SeqPacketServer(fd, path, Libc.identity(Libc.AT_FDCWD, path.toString()), sendTimeout);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /// Waits for the next connection; null once the server is closed.
    public @Nullable SeqPacketSocket accept() throws LinuxException {
        while (!fd.isClosed()) {
            try {
                return fd.with(n -> new SeqPacketSocket(Fd.own(acceptNow(n)), sendTimeout));
            } catch (LinuxException e) {
                if (!fd.isClosed() && !e.errno().equals(Errno.EINTR)) {
                    throw e;
                }
            }
        }
        return null;
    }

    private static int acceptNow(int number) throws LinuxException {
        while (true) {
            boolean ready = Poll.await(number, Libc.POLLIN, Poll.FOREVER);
            int accepted = Libc.accept4(number, null, null, Libc.SOCK_CLOEXEC);
            if (accepted >= 0 || !ready || !Libc.errno().equals(Errno.EAGAIN)) {
                return Libc.checked(accepted, "accept4", accepted < 0 ? check(Libc.errno()) : "");
            }
        }
    }

    /// What an operator can do about a failed accept; nothing that we know of for most errors.
    static String check(Errno errno) {
        if (errno.equals(Errno.EMFILE)) {
            return "raise the limit nofile of this process";
        }
        return errno.equals(Errno.ENFILE) ? "raise the sysctl fs.file-max" : "";
    }

    /// Stops listening and removes the path, unless another server has taken it meanwhile.
    @Override
    public void close() {
        UnixAddress.shutdownAndClose(fd);
        try {
            if (Libc.identity(Libc.AT_FDCWD, path.toString()).equals(file)) {
                Libc.unlink(path.toString());
            }
        } catch (LinuxException gone) {
            // nothing to remove
        }
    }
}
