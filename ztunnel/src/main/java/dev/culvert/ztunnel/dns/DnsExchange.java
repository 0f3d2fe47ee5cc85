package dev.culvert.ztunnel.dns;

import dev.culvert.ztunnel.dns.DnsForwarder.Carrier;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One query on its way: nameserver after nameserver, each asked from a new socket under a new random id, until one
/// answers or the time is up.
///
/// Confined to the loop of its forwarder.
final class DnsExchange {
    private static final Logger LOG = LoggerFactory.getLogger("dns");

    private final DnsForwarder forwarder;
    private final DnsMessage query;
    private final Carrier carrier;
    private final Consumer<DnsMessage> answer;
    private final long attemptMillis;

    private int attempt = -1;
    private boolean ended;
    private @Nullable Channel channel;
    private @Nullable ScheduledFuture<?> timer;

    DnsExchange(DnsForwarder forwarder, DnsMessage query, Carrier carrier, Consumer<DnsMessage> answer) {
        this.forwarder = forwarder;
        this.query = query;
        this.carrier = carrier;
        this.answer = answer;
        this.attemptMillis = Math.max(
                1,
                forwarder.limits().timeout().toMillis()
                        / forwarder.nameservers().size());
    }

    void start() {
        next("");
    }

    /// Ends without an answer.
    void abandon() {
        end();
    }

    private void next(String why) {
        release();
        attempt++;
        if (!why.isEmpty()) {
            LOG.atDebug()
                    .addKeyValue("upstream", forwarder.nameservers().get(attempt - 1))
                    .addKeyValue("error", why)
                    .log("nameserver did not answer");
        }
        if (attempt == forwarder.nameservers().size()) {
            finish(query.failure(DnsMessage.SERVER_FAILURE));
            return;
        }
        ask(attempt, forwarder.nameservers().get(attempt), query.withId(forwarder.randomId()));
    }

    private void ask(int turn, InetSocketAddress nameserver, DnsMessage sent) {
        timer = forwarder.loop().schedule(() -> next("timed out"), attemptMillis, TimeUnit.MILLISECONDS);
        DnsReplyHandler replies = new DnsReplyHandler(
                reply -> {
                    if (current(turn) && reply.answers(sent)) {
                        finish(reply.withId(query.id()));
                    }
                },
                why -> {
                    if (current(turn)) {
                        next(why);
                    }
                });
        var _ = connect(nameserver, replies).addListener((Future<Channel> done) -> connected(done, turn, sent));
    }

    private Future<? extends Channel> connect(InetSocketAddress nameserver, DnsReplyHandler replies) {
        return switch (carrier) {
            case DATAGRAM -> forwarder.sockets().connectDatagram(forwarder.loop(), nameserver, replies);
            case STREAM -> {
                ChannelHandler framed = new DnsStreamInitializer(replies, DnsStreamInitializer.MAX_MESSAGE_BYTES);
                yield forwarder.sockets().connectStream(forwarder.loop(), nameserver, framed);
            }
        };
    }

    private void connected(Future<Channel> done, int turn, DnsMessage sent) {
        if (!done.isSuccess()) {
            if (current(turn)) {
                next(String.valueOf(done.cause().getMessage()));
            }
            return;
        }
        Channel opened = done.getNow();
        if (!current(turn)) {
            var _ = opened.close();
            return;
        }
        channel = opened;
        var _ = opened.writeAndFlush(Unpooled.wrappedBuffer(sent.bytes()), opened.voidPromise());
    }

    private boolean current(int turn) {
        return !ended && turn == attempt;
    }

    private void finish(DnsMessage reply) {
        end();
        answer.accept(reply);
    }

    private void end() {
        ended = true;
        release();
        forwarder.ended(this);
    }

    private void release() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (channel != null) {
            var _ = channel.close();
            channel = null;
        }
    }
}
