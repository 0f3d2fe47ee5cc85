package dev.culvert.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Unix socket addresses and what the two kinds of SEQPACKET socket have in common. Thread-safe: it
/// has no state.
final class UnixAddress {
    private static final int PATH_LIMIT = 107;

    private UnixAddress() {}

    /// A `sockaddr_un` for `path`.
    static byte[] of(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > PATH_LIMIT) {
            throw new IllegalArgumentException(
                    "socket path '" + path + "' has " + name.length + " bytes; the kernel takes at most " + PATH_LIMIT);
        }
        return ByteBuffer.allocate(2 + name.length + 1)
                .order(ByteOrder.nativeOrder())
                .putShort((short) Libc.AF_UNIX)
                .put(name)
                .array();
    }

    static Fd socket() throws LinuxException {
        return Fd.own(Libc.checked(
                Libc.socket(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0),
                "socket(AF_UNIX, SOCK_SEQPACKET)",
                "raise the limit nofile"));
    }

    /// Wakes whoever waits on the socket, who finds it closed, and lets go of it.
    static void shutdownAndClose(Fd fd) {
        fd.close(n -> Libc.shutdown(n, Libc.SHUT_RDWR));
    }
}
