package dev.culvert.linux;

/// How many descriptors this process may have open (RLIMIT_NOFILE).
public final class FileLimit {
    private FileLimit() {}

    /// Raises the soft limit to the hard one and returns it.
    public static long raise() throws LinuxException {
        long[] limit = new long[2];
        int read = Libc.checked(Libc.getrlimit(Libc.RLIMIT_NOFILE, limit), "getrlimit(RLIMIT_NOFILE)", "");
        if (read == 0 && limit[0] != limit[1]) {
            limit[0] = limit[1];
            Libc.checked(Libc.setrlimit(Libc.RLIMIT_NOFILE, limit), "setrlimit(RLIMIT_NOFILE)", "");
        }
        return limit[0];
    }
}
