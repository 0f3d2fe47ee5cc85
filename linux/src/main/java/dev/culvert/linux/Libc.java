package dev.culvert.linux;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The calls of the C library that we make, bound directly. Thread-safe: it has no state.
///
/// Structures are laid out by hand for LP64 (x86-64 and arm64 agree on all of those used here);
/// `statx` is used because its layout is the same everywhere. [#errno()] belongs to the calling
/// thread and holds until its next call.
final class Libc {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_NONBLOCK = 0x800;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int O_RDONLY = 0;
    static final int O_CLOEXEC = 0x80000;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int CLONE_NEWNET = 0x40000000;
    static final int SHUT_RDWR = 2;
    static final int MSG_CTRUNC = 0x8;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int POLLIN = 0x1;
    static final int POLLOUT = 0x4;
    static final int RLIMIT_NOFILE = 7;
    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;
    static final int STATX_INO = 0x100;
    static final int STATX_SIZE = 256;

    static {
        Native.register(Libc.class, NativeLibrary.getInstance("c", Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
    }

    private Libc() {}

    /// The errno of this thread's last call.
    static Errno errno() {
        return new Errno(Native.getLastError());
    }

    /// The failure of this thread's last call.
    static LinuxException failure(String call, String check) {
        return new LinuxException(call, errno(), check);
    }

    /// `result`, or the failure that a negative one stands for.
    static int checked(int result, String call, String check) throws LinuxException {
        if (result < 0) {
            throw failure(call, check);
        }
        return result;
    }

    /// Device and inode of what `path` leads to from `directory` (or of `directory` itself when it
    /// is empty).
    static FileIdentity identity(int directory, String path) throws LinuxException {
        try (Memory buffer = new Memory(STATX_SIZE)) {
            int flags = path.isEmpty() ? AT_EMPTY_PATH : 0;
            checked(
                    statx(directory, path, flags, STATX_INO, buffer),
                    "statx(" + directory + ", \"" + path + "\")",
                    "see that it still exists");
            long device = Integer.toUnsignedLong(buffer.getInt(136)) << 32 | Integer.toUnsignedLong(buffer.getInt(140));
            return new FileIdentity(device, buffer.getLong(32));
        }
    }

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, byte[] address, int length);

    static native int connect(int fd, byte[] address, int length);

    static native int listen(int fd, int backlog);

    static native int accept4(int fd, @Nullable Pointer address, @Nullable Pointer length, int flags);

    static native int setsockopt(int fd, int level, int name, byte[] value, int length);

    static native int getsockopt(int fd, int level, int name, byte[] value, int[] length);

    static native int shutdown(int fd, int how);

    static native int poll(Pointer fds, long count, int timeoutMillis);

    static native long sendmsg(int fd, Pointer message, int flags);

    static native long recvmsg(int fd, Pointer message, int flags);

    static native int open(String path, int flags);

    static native int fcntl(int fd, int command, int argument);

    static native int close(int fd);

    static native int setns(int fd, int kind);

    static native int statx(int directory, String path, int flags, int mask, Pointer result);

    static native int getrlimit(int resource, long[] limit);

    static native int setrlimit(int resource, long[] limit);

    static native int unlink(String path);
}
