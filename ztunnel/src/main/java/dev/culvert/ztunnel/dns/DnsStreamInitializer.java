package dev.culvert.ztunnel.dns;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;

/// Cuts a TCP stream into DNS messages by their two-byte length (RFC 1035 section 4.2.2), and prefixes what is written.
///
/// Used once, for the channel it is given to.
final class DnsStreamInitializer extends ChannelInitializer<Channel> {
    static final int MAX_MESSAGE_BYTES = 65_535;

    private static final int LENGTH_BYTES = 2;

    private final ChannelHandler messages;
    private final int maxBytes;

    /// @param maxBytes of a message that is read; a longer one is a fault
    DnsStreamInitializer(ChannelHandler messages, int maxBytes) {
        this.messages = messages;
        this.maxBytes = maxBytes;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline()
                .addLast(new LengthFieldBasedFrameDecoder(maxBytes + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                .addLast(new LengthFieldPrepender(LENGTH_BYTES))
                .addLast(messages);
    }
}
