package dev.culvert.linux;

/// Sockets as owned descriptors, non-blocking and closed on exec, in the namespace of the calling
/// thread. Thread-safe.
public final class RawSockets {
    private RawSockets() {}

    /// A TCP socket. An IPv6 one takes IPv4 as well, unless told otherwise.
    public static Fd tcp(boolean ipv6) throws LinuxException {
        return socket(ipv6, Libc.SOCK_STREAM);
    }

    /// A UDP socket.
    public static Fd udp(boolean ipv6) throws LinuxException {
        return socket(ipv6, Libc.SOCK_DGRAM);
    }

    private static Fd socket(boolean ipv6, int type) throws LinuxException {
        int family = ipv6 ? Libc.AF_INET6 : Libc.AF_INET;
        return Fd.own(Libc.checked(
                Libc.socket(family, type | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0),
                ipv6 ? "socket(AF_INET6)" : "socket(AF_INET)",
                "raise the limit nofile, or switch IPv6 off where the kernel has none"));
    }
}
