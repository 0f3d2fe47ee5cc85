package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.exchange.UpstreamFailure;

/// A request that wants a connection. Confined to its loop.
final class UpstreamRequest {
    private final RequestHead head;
    private final boolean bodyless;
    private final ServerListener listener;
    private boolean withdrawn;

    /// @param bodyless whether no body follows the head
    UpstreamRequest(RequestHead head, boolean bodyless, ServerListener listener) {
        this.head = head;
        this.bodyless = bodyless;
        this.listener = listener;
    }

    RequestHead head() {
        return head;
    }

    boolean bodyless() {
        return bodyless;
    }

    ServerListener listener() {
        return listener;
    }

    /// Nobody waits for a connection any more.
    void withdraw() {
        withdrawn = true;
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    void fail(UpstreamFailure failure) {
        if (!withdrawn) {
            withdrawn = true;
            listener.failed(failure);
        }
    }
}
