package dev.culvert.ztunnel.sockets;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where the sockets of one pod come from. Thread-safe.
public interface PodSockets extends AutoCloseable {

    /// Opens a listener in the pod.
    ///
    /// Each accepted channel is registered on one of the data path's loops, for good, with `child` as its handler.
    ///
    /// @param child sharable
    /// @return the listening channel, to be closed by the caller; fails when the port cannot be had
    Future<Channel> listen(Listen listen, ChannelHandler child);

    /// Connects from the pod, on `loop` and called there.
    ///
    /// @param handler the only handler of the channel until the connect is done; null for none
    /// @return the connected channel; a channel that cannot be connected is closed
    Future<Channel> connect(EventLoop loop, Dial dial, @Nullable ChannelHandler handler);

    /// Where the peer of an accepted channel wanted to go; null when the channel is dead. IPv4 comes as IPv4.
    @Nullable
    InetSocketAddress originalDestination(Channel accepted);

    /// Lets go of what is kept for later connects. Listeners and connections stay.
    @Override
    void close();
}
