package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.ServerEnd;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.upstream.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// A copy of a request, whose answer is of no interest. Confined to the loop of its exchange.
///
/// It never holds the request up: a backend that takes the body too slowly loses it.
final class Mirror implements ServerListener {
    private final Lease lease;
    private final RequestBody held;
    private @Nullable ServerEnd end;
    private boolean over;

    Mirror(Lease lease, int holdBytes) {
        this.lease = lease;
        held = new RequestBody(holdBytes);
    }

    /// A piece of the request's body; stays the caller's.
    void peekData(ByteBuf bytes) {
        if (over) {
            return;
        }
        ServerEnd to = end;
        if (to == null) {
            held.sent(bytes);
            if (!held.isReplayable()) {
                finish();
            }
        } else if (to.isWritable()) {
            // released by the end
            to.data(bytes.retainedDuplicate());
            to.flush();
        } else {
            cancel();
        }
    }

    void requestEnded(HttpHeaders trailers) {
        if (over) {
            return;
        }
        held.ended(trailers);
        if (end != null) {
            end.end(trailers);
            end.flush();
        }
    }

    void cancel() {
        ServerEnd to = end;
        if (!over && to != null) {
            to.reset();
        }
        finish();
    }

    private void finish() {
        if (!over) {
            over = true;
            held.drop();
            lease.close();
        }
    }

    @Override
    public void opened(ServerEnd opened) {
        if (over) {
            opened.reset();
            return;
        }
        end = opened;
        held.replay(opened);
        held.drop();
        opened.flush();
    }

    @Override
    public void informational(ResponseHead head) {}

    @Override
    public void head(ResponseHead head, boolean last) {
        lease.answered(head.status());
    }

    @Override
    public void data(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    public void ended(HttpHeaders trailers) {
        finish();
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(UpstreamFailure failure) {
        lease.failed();
        finish();
    }
}
