package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.ClientEnd;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.ServerEnd;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.filter.ResponseEdits;
import dev.culvert.waypoint.policy.external.HeaderChange;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Between a backend and the client: what is forwarded in both directions, with back-pressure, and
/// the answer that is given when there is no backend. Confined to the loop of its exchange.
final class ResponseSide implements Tries.Owner {
    private static final int SWITCHING = 101;

    private final ClientEnd client;
    private final ExchangeRecord record;
    private final RequestHead request;
    private final Runnable readingChanged;
    private final Runnable end;
    private final GrpcMessages messages = new GrpcMessages();
    private List<HeaderChange> changes = List.of();
    private ResponseEdits edits = ResponseEdits.NONE;
    private List<Mirror> mirrors = List.of();
    private @Nullable Tries tries;
    private @Nullable ServerEnd server;
    private boolean requestEnded;
    private boolean began;
    private boolean headWasLast;
    private boolean responseEnded;
    private boolean switched;
    private boolean over;

    /// @param readingChanged called when the request's body may be read, or no more
    /// @param end called once, when all is over
    ResponseSide(ClientEnd client, ExchangeRecord record, RequestHead request, Runnable readingChanged, Runnable end) {
        this.client = client;
        this.record = record;
        this.request = request;
        this.readingChanged = readingChanged;
        this.end = end;
    }

    /// What policies want of the fields of a backend's response, beside what others want.
    void changes(List<HeaderChange> wanted) {
        changes = Stream.concat(changes.stream(), wanted.stream()).toList();
    }

    void edits(ResponseEdits wanted) {
        edits = wanted;
    }

    void mirrors(List<Mirror> started) {
        mirrors = started;
    }

    void tries(Tries begun) {
        tries = begun;
    }

    boolean isOver() {
        return over;
    }

    boolean hasBegun() {
        return began;
    }

    // The request on its way.

    /// Whether the request's body shall be read.
    ///
    /// @param hold whether there is room for it while there is no backend
    boolean takesRequest(boolean hold) {
        if (requestEnded && !switched) {
            return false;
        }
        ServerEnd to = server;
        return to == null ? hold && !began : to.isWritable();
    }

    /// Sends a piece of the request's body if there is somewhere to send it to.
    ///
    /// @return whether the piece was taken
    boolean forwards(ByteBuf bytes, RequestBody body) {
        if (over) {
            bytes.release();
            return true;
        }
        mirrors.forEach(mirror -> mirror.peekData(bytes));
        ServerEnd to = server;
        if (to == null) {
            if (began) {
                bytes.release();
            }
            return began;
        }
        if (!began) {
            body.sent(bytes);
        }
        to.data(bytes);
        return true;
    }

    void requestEnded(HttpHeaders trailers) {
        requestEnded = true;
        mirrors.forEach(mirror -> mirror.requestEnded(trailers));
        if (server != null && !over) {
            server.end(trailers);
        }
        finishIfSwitchedOut();
    }

    void flushRequest() {
        if (server != null && !over) {
            server.flush();
        }
    }

    // The client.

    void clientWritable() {
        if (server != null && !over) {
            server.read(client.isWritable());
        }
    }

    void abandoned() {
        if (over) {
            return;
        }
        record.flag("DC");
        record.details = "downstream_remote_disconnect";
        cancel();
        finish();
    }

    void malformed(LocalReply reply) {
        if (over) {
            return;
        }
        cancel();
        if (began) {
            record.flag("DPE");
            record.details = reply.details();
            client.reset();
            finish();
        } else {
            reply(reply);
        }
    }

    /// @param reply given when the response has not begun
    void timedOut(LocalReply reply) {
        if (over) {
            return;
        }
        cancel();
        if (began) {
            record.flag(reply.flag());
            client.reset();
            finish();
        } else {
            reply(reply);
        }
    }

    private void cancel() {
        server = null;
        if (tries != null) {
            tries.cancel();
        }
    }

    // An answer of our own.

    void reply(LocalReply plain) {
        if (over || began) {
            return;
        }
        began = true;
        cancel();
        LocalReply reply = edits.apply(plain);
        ResponseHead head = record.grpc ? LocalReplies.grpcHead(reply) : LocalReplies.head(reply);
        head.headers().set(StandardFields.REQUEST_ID, request.headers().get(StandardFields.REQUEST_ID, ""));
        boolean last = record.grpc || reply.body().length() == 0;
        record.flag(reply.flag());
        record.details = reply.details();
        describe(head);
        client.head(head, last);
        if (!last) {
            record.responseBytes += reply.body().length();
            client.data(reply.body().toBuffer());
            client.end(EmptyHttpHeaders.INSTANCE);
        }
        client.flush();
        finish();
    }

    private void describe(ResponseHead head) {
        record.status = head.status();
        record.responseHeaders = head.headers();
        record.responseHeadNanos = System.nanoTime();
        record.responseHeaderBytes = ExchangeRecord.size(head.headers());
        grpcStatus(head.headers());
    }

    private void grpcStatus(HttpHeaders headers) {
        if (record.grpc) {
            Integer status = headers.getInt("grpc-status");
            record.grpcStatus = status == null ? record.grpcStatus : status;
        }
    }

    // What comes from a backend.

    @Override
    public void connected(ServerEnd opened) {
        server = opened;
        opened.read(client.isWritable());
        readingChanged.run();
    }

    @Override
    public void disconnected() {
        server = null;
        readingChanged.run();
    }

    @Override
    public void informational(ResponseHead head) {
        client.informational(head);
        client.flush();
    }

    @Override
    public void head(ResponseHead head, boolean last) {
        began = true;
        headWasLast = last;
        switched = head.status() == SWITCHING;
        record.details = record.details.isEmpty() ? "via_upstream" : record.details;
        edits.apply(head);
        changes.forEach(change -> change.applyTo(head.headers()));
        describe(head);
        client.head(head, last);
        if (switched) {
            client.flush();
            requestEnded = false;
            readingChanged.run();
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        record.responseBytes += bytes.readableBytes();
        if (record.grpc) {
            record.responseMessages += messages.peek(bytes);
        }
        client.data(bytes);
        if (!client.isWritable() && server != null) {
            client.flush();
            server.read(client.isWritable());
        }
    }

    @Override
    public void ended(HttpHeaders trailers) {
        if (over) {
            return;
        }
        responseEnded = true;
        if (!trailers.isEmpty()) {
            record.responseTrailers = trailers;
            grpcStatus(trailers);
        }
        if (!headWasLast) {
            client.end(trailers);
        }
        client.flush();
        if (switched) {
            finishIfSwitchedOut();
        } else {
            finish();
        }
    }

    private void finishIfSwitchedOut() {
        if (switched && requestEnded && responseEnded) {
            finish();
        }
    }

    @Override
    public void readComplete() {
        if (!over) {
            client.flush();
        }
    }

    @Override
    public void serverWritable() {
        readingChanged.run();
    }

    @Override
    public void answeredHere(LocalReply reply) {
        server = null;
        reply(reply);
    }

    @Override
    public void lost(UpstreamFailure failure) {
        if (over) {
            return;
        }
        record.flag(failure.kind().flag());
        record.details = "upstream_reset_after_response_started{"
                + failure.kind().name().toLowerCase(java.util.Locale.ROOT) + "}";
        client.reset();
        finish();
    }

    private void finish() {
        if (!over) {
            over = true;
            server = null;
            if (!requestEnded) {
                mirrors.forEach(Mirror::cancel);
            }
            end.run();
        }
    }
}
