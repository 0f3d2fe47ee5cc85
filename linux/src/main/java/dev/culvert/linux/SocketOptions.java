package dev.culvert.linux;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Socket options that neither the JDK nor Netty names, as options of Netty's native channels and
/// for raw sockets. Immutable.
///
/// The integer options work on epoll and io_uring channels alike. Each is set before the channel is
/// bound or connected; setting it on a `Bootstrap` does that.
public final class SocketOptions {
    static final int SOL_SOCKET = 1;
    static final int SOL_IP = 0;
    static final int SOL_IPV6 = 41;
    static final int SO_MARK = 36;
    static final int SO_REUSEPORT = 15;
    static final int SO_ORIGINAL_DST = 80;

    /// The packet mark of everything that the socket sends; needs CAP_NET_ADMIN.
    public static final IntegerUnixChannelOption MARK = new IntegerUnixChannelOption("SO_MARK", SOL_SOCKET, SO_MARK);
    /// Bind to a foreign IPv4 address and take packets for one; needs CAP_NET_ADMIN. Also set on
    /// IPv6 listeners.
    public static final IntegerUnixChannelOption TRANSPARENT_V4 =
            new IntegerUnixChannelOption("IP_TRANSPARENT", SOL_IP, 19);
    /// The same for IPv6.
    public static final IntegerUnixChannelOption TRANSPARENT_V6 =
            new IntegerUnixChannelOption("IPV6_TRANSPARENT", SOL_IPV6, 75);
    /// Bind to an IPv4 address that no interface has.
    public static final IntegerUnixChannelOption FREEBIND_V4 = new IntegerUnixChannelOption("IP_FREEBIND", SOL_IP, 15);
    /// The same for IPv6.
    public static final IntegerUnixChannelOption FREEBIND_V6 =
            new IntegerUnixChannelOption("IPV6_FREEBIND", SOL_IPV6, 78);
    /// Several sockets listen on one port, as an old and a new proxy do during an upgrade.
    public static final IntegerUnixChannelOption REUSE_PORT =
            new IntegerUnixChannelOption("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT);
    /// An IPv6 socket refuses IPv4 when 1.
    public static final IntegerUnixChannelOption V6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", SOL_IPV6, 26);
    /// A bind without a port leaves the choice of the port to the connect, so that connections to different
    /// destinations
    /// share it. Of IPv4 and IPv6 sockets.
    public static final IntegerUnixChannelOption BIND_NO_PORT =
            new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", SOL_IP, 24);
    /// Seconds without traffic before the first keepalive probe.
    public static final IntegerUnixChannelOption KEEPALIVE_IDLE = new IntegerUnixChannelOption("TCP_KEEPIDLE", 6, 4);
    /// Seconds between keepalive probes.
    public static final IntegerUnixChannelOption KEEPALIVE_INTERVAL =
            new IntegerUnixChannelOption("TCP_KEEPINTVL", 6, 5);
    /// Unanswered keepalive probes that end a connection.
    public static final IntegerUnixChannelOption KEEPALIVE_COUNT = new IntegerUnixChannelOption("TCP_KEEPCNT", 6, 6);
    /// How long sent data may stay unacknowledged, in milliseconds.
    public static final IntegerUnixChannelOption USER_TIMEOUT = new IntegerUnixChannelOption("TCP_USER_TIMEOUT", 6, 18);
    /// The identity of the network namespace that the socket belongs to, eight bytes in native
    /// order; read only.
    public static final RawUnixChannelOption NETNS_COOKIE =
            new RawUnixChannelOption("SO_NETNS_COOKIE", SOL_SOCKET, 71, 8);

    private static final RawUnixChannelOption ORIGINAL_V4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, 16);
    private static final RawUnixChannelOption ORIGINAL_V6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, 28);

    private SocketOptions() {}

    /// Where the peer of an accepted channel wanted to go before the kernel redirected it; null
    /// when the kernel keeps no record of the connection. A connection that was not redirected
    /// gives its own local address. IPv4 comes as IPv4, also on a dual-stack listener.
    public static @Nullable InetSocketAddress originalDestination(Channel channel) {
        byte[] v4 = read(channel, ORIGINAL_V4);
        if (v4.length > 0) {
            return address(v4, 4, 4);
        }
        byte[] v6 = read(channel, ORIGINAL_V6);
        return v6.length > 0 ? address(v6, 8, 16) : null;
    }

    /// The raw value; empty when the kernel has none.
    private static byte[] read(Channel channel, ChannelOption<ByteBuffer> option) {
        try {
            ByteBuffer value = channel.config().getOption(option);
            if (value == null) {
                return new byte[0];
            }
            // taken whole, wherever Netty has left the buffer's position
            byte[] bytes = new byte[value.capacity()];
            value.duplicate().clear().get(bytes);
            return bytes;
        } catch (ChannelException notTracked) {
            return new byte[0];
        }
    }

    /// Decodes a `sockaddr_in` or `sockaddr_in6`: the port stands at 2 in network order in both.
    private static InetSocketAddress address(byte[] sockaddr, int offset, int length) {
        byte[] ip = new byte[length];
        System.arraycopy(sockaddr, offset, ip, 0, length);
        int port = ByteBuffer.wrap(sockaddr).getShort(2) & 0xffff;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of " + length + " bytes", impossible);
        }
    }

    /// Sets one of the options above on a raw socket.
    public static void set(Fd socket, IntegerUnixChannelOption option, int value) throws LinuxException {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
        socket.with(n -> Libc.checked(
                Libc.setsockopt(n, option.level(), option.optname(), bytes, bytes.length),
                "setsockopt(" + option.name() + ", " + value + ")",
                "the process needs CAP_NET_ADMIN"));
    }

    /// Reads one of the options above from a raw socket.
    public static int get(Fd socket, IntegerUnixChannelOption option) throws LinuxException {
        byte[] bytes = new byte[4];
        socket.with(n -> Libc.checked(
                Libc.getsockopt(n, option.level(), option.optname(), bytes, new int[] {bytes.length}),
                "getsockopt(" + option.name() + ")",
                ""));
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt();
    }
}
