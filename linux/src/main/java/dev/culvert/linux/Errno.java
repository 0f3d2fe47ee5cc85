package dev.culvert.linux;

import java.util.Map;

/// The error number that a native call left behind. Immutable.
public record Errno(int code) {
    public static final Errno EPERM = new Errno(1);
    public static final Errno ENOENT = new Errno(2);
    public static final Errno EINTR = new Errno(4);
    public static final Errno EBADF = new Errno(9);
    public static final Errno EAGAIN = new Errno(11);
    public static final Errno EACCES = new Errno(13);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno ENFILE = new Errno(23);
    public static final Errno EMFILE = new Errno(24);
    public static final Errno EPIPE = new Errno(32);
    public static final Errno ENOPROTOOPT = new Errno(92);
    public static final Errno EADDRINUSE = new Errno(98);
    public static final Errno ECONNRESET = new Errno(104);
    public static final Errno ECONNREFUSED = new Errno(111);

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "EPERM, not permitted"),
            Map.entry(2, "ENOENT, no such file"),
            Map.entry(3, "ESRCH, no such process"),
            Map.entry(4, "EINTR, interrupted"),
            Map.entry(9, "EBADF, the descriptor is closed"),
            Map.entry(11, "EAGAIN, timed out"),
            Map.entry(12, "ENOMEM, out of memory"),
            Map.entry(13, "EACCES, access denied"),
            Map.entry(17, "EEXIST, exists already"),
            Map.entry(20, "ENOTDIR, not a directory"),
            Map.entry(22, "EINVAL, invalid argument"),
            Map.entry(23, "ENFILE, the system is out of descriptors"),
            Map.entry(24, "EMFILE, this process is out of descriptors"),
            Map.entry(32, "EPIPE, the other side has closed"),
            Map.entry(88, "ENOTSOCK, not a socket"),
            Map.entry(90, "EMSGSIZE, message too long"),
            Map.entry(92, "ENOPROTOOPT, no such option"),
            Map.entry(97, "EAFNOSUPPORT, no such address family"),
            Map.entry(98, "EADDRINUSE, address in use"),
            Map.entry(99, "EADDRNOTAVAIL, no such local address"),
            Map.entry(103, "ECONNABORTED, the other side gave up before it was accepted"),
            Map.entry(104, "ECONNRESET, reset by the other side"),
            Map.entry(105, "ENOBUFS, out of buffers"),
            Map.entry(107, "ENOTCONN, not connected"),
            Map.entry(109, "ETOOMANYREFS, too many descriptors in flight"),
            Map.entry(110, "ETIMEDOUT, timed out"),
            Map.entry(111, "ECONNREFUSED, nobody listens"));

    /// The symbolic name with its meaning, or the bare number.
    @Override
    public String toString() {
        String name = NAMES.get(code);
        return name == null ? "errno " + code : name;
    }
}
