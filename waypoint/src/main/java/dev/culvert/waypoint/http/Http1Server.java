package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.Http1Messages;
import dev.culvert.waypoint.codec.Malformed;
import dev.culvert.waypoint.codec.ParsedRequest;
import dev.culvert.waypoint.codec.StrictRequestDecoder;
import dev.culvert.waypoint.exchange.LocalReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's end of a connection of HTTP/1: one request at a time, in order, each as an
/// [Http1Exchange]. Confined to its loop.
///
/// The channel is read only while somebody wants what comes: the head of the next request, or the
/// body of this one.
final class Http1Server extends ChannelDuplexHandler {
    /// What follows a request.
    enum Next {
        REQUEST,
        CLOSE,
        /// The end, once the client has had time to read the response though it still sends: a
        /// connection that is closed at once may take the response with it.
        LINGER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Http1Server.class);
    private static final long LINGER_MILLIS = 1_000;

    private final HttpSettings settings;
    private final RequestService service;
    private final StrictRequestDecoder decoder;
    private final Http1ResponseEncoder encoder;
    private @Nullable Http1Exchange current;
    private @Nullable Future<?> timer;
    private boolean timerIsForHead;
    private boolean closing;
    private boolean lingering;

    Http1Server(HttpSettings settings, RequestService service) {
        this.settings = settings;
        this.service = service;
        decoder = new StrictRequestDecoder(settings.limits());
        encoder = new Http1ResponseEncoder();
    }

    /// Puts itself and what it needs into the pipeline of a channel whose reading is off.
    void install(ChannelHandlerContext before) {
        before.pipeline().addLast(decoder, encoder, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        waitForHead(context);
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case Malformed malformed -> refuse(context, malformed);
            case HttpRequest request -> begin(context, request);
            case HttpContent content -> body(content);
            case ByteBuf raw -> raw(raw);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        stopTimer();
        switch (Http1Messages.parse(request, decoder, settings.http10())) {
            case ParsedRequest.Refused(Malformed why) -> refuse(context, why);
            case ParsedRequest.Taken taken -> {
                Http1Exchange exchange = new Http1Exchange(this, context, taken, request.protocolVersion());
                current = exchange;
                encoder.headless(taken.head().method().equals("HEAD"));
                exchange.begin(service.begin(exchange, taken.head(), taken.bodyless()));
            }
        }
    }

    private void body(HttpContent content) {
        Http1Exchange exchange = current;
        if (exchange == null || closing) {
            content.release();
        } else if (content.decoderResult().isFailure()) {
            content.release();
            exchange.malformed(new Malformed(400, "invalid_body").reply());
        } else {
            exchange.received(
                    content.content(),
                    content instanceof LastHttpContent last
                            ? Http1Messages.parseTrailers(last.trailingHeaders())
                            : null);
        }
    }

    private void raw(ByteBuf bytes) {
        if (current == null) {
            bytes.release();
        } else {
            current.received(bytes, null);
        }
    }

    /// Answers what is no request, and reads nothing more.
    private void refuse(ChannelHandlerContext context, Malformed why) {
        stopTimer();
        LocalReply reply = why.reply();
        Http1Exchange exchange = current;
        if (exchange != null) {
            exchange.malformed(reply);
            return;
        }
        if (!closing) {
            closing = true;
            service.refused(reply, "HTTP/1.1");
            encoder.headless(false);
            context.write(LocalReplies.http1(reply));
            end(context, Next.LINGER);
        }
    }

    /// Closes behind all that is still to be sent.
    private void end(ChannelHandlerContext context, Next how) {
        closing = true;
        stopTimer();
        if (how == Next.LINGER && context.channel() instanceof DuplexChannel channel && !decoder.isInputClosed()) {
            lingering = true;
            context.flush();
            channel.shutdownOutput();
            timer = context.channel().eventLoop().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
            context.read();
        } else {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    boolean isDraining() {
        return service.isDraining();
    }

    /// The response has ended, and the request too if there is a next one.
    void finished(ChannelHandlerContext context, Next next) {
        current = null;
        if (closing || !context.channel().isActive()) {
            return;
        }
        if (next != Next.REQUEST) {
            end(context, next);
            return;
        }
        waitForHead(context);
        try {
            decoder.next();
        } catch (Exception e) {
            context.fireExceptionCaught(e);
            return;
        }
        if (current == null && !closing) {
            context.read();
        }
    }

    /// From now on the bytes of the connection are the exchange's.
    void switchProtocol(ChannelHandlerContext context) {
        context.pipeline().remove(encoder);
        context.pipeline().remove(decoder);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (current != null) {
            current.readComplete();
        } else if (lingering) {
            context.read();
        } else if (!closing) {
            if (decoder.isInsideHead() && !timerIsForHead) {
                startTimer(context, true);
            }
            context.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null) {
            current.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputClosed(context);
        } else if (event == DrainEvent.CLOSE && current == null && !closing) {
            closing = true;
            context.close();
        }
    }

    private void inputClosed(ChannelHandlerContext context) {
        if (current == null) {
            closing = true;
            context.close();
        } else {
            current.inputClosed();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTimer();
        closing = true;
        Http1Exchange exchange = current;
        current = null;
        if (exchange != null) {
            exchange.gone();
        }
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Unexpected.log(LOG, cause);
        // what is lost is told by channelInactive
        context.close();
    }

    private void waitForHead(ChannelHandlerContext context) {
        startTimer(context, false);
    }

    private void startTimer(ChannelHandlerContext context, boolean forHead) {
        stopTimer();
        timerIsForHead = forHead;
        long millis = (forHead ? settings.headTime() : settings.idle()).toMillis();
        timer = context.channel().eventLoop().schedule(() -> timedOut(context, forHead), millis, TimeUnit.MILLISECONDS);
    }

    private void timedOut(ChannelHandlerContext context, boolean forHead) {
        timer = null;
        if (forHead) {
            refuse(context, new Malformed(408, "head_took_too_long"));
        } else {
            closing = true;
            context.close();
        }
    }

    private void stopTimer() {
        timerIsForHead = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
