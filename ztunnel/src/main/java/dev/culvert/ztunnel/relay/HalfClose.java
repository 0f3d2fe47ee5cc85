package dev.culvert.ztunnel.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;

/// Ends the output of a channel, whose queue is empty, while its input goes on. Stateless; called on the
/// channel's loop.
///
/// Netty's own way makes an exception with a stack trace each time, to fail what is queued. Shutting the input
/// makes another one, because the kernel refuses that for a connection that has ended both ways: so the end of
/// the input closes the channel from now on.
final class HalfClose {
    private HalfClose() {}

    static void output(Channel channel) {
        if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
            try {
                socket.shutdown(false, true);
            } catch (IOException | NotYetConnectedException gone) {
                // reset by the peer, who needs to hear of no end
            }
        } else {
            ((DuplexChannel) channel).shutdownOutput();
        }
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    }
}
