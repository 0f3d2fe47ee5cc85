package dev.culvert.ztunnel.deliver;

import dev.culvert.ztunnel.policy.Permit;
import dev.culvert.ztunnel.sockets.ChannelUse;
import dev.culvert.ztunnel.sockets.Dial;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Connects to the application of a pod, showing it the client's address. Stateless; called on the connection's loop.
public final class LocalDelivery {
    private LocalDelivery() {}

    /// Connects to the address that policy judged.
    public static Future<Channel> connect(Permit permit, PodSockets sockets, EventLoop loop) {
        return sockets.connect(loop, new Dial(target(permit), permit.facts().source(), ChannelUse.RELAY), null);
    }

    /// Connects over loopback: to an application that is a proxy, which is told the addresses in another way.
    public static Future<Channel> connectOverLoopback(Permit permit, PodSockets sockets, EventLoop loop) {
        InetSocketAddress judged = target(permit);
        return sockets.connect(
                loop, Dial.plain(new InetSocketAddress(loopback(judged.getAddress()), judged.getPort())), null);
    }

    private static InetSocketAddress target(Permit permit) {
        return new InetSocketAddress(
                permit.facts().destination(), permit.facts().destinationPort());
    }

    private static InetAddress loopback(InetAddress familyOf) {
        return InetAddress.ofLiteral(familyOf instanceof Inet4Address ? "127.0.0.1" : "::1");
    }
}
