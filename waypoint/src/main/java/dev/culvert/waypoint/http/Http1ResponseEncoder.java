package dev.culvert.waypoint.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/// Netty's encoder of responses, which is told when a response has no body because its request was
/// HEAD. Confined to the loop of its channel.
final class Http1ResponseEncoder extends HttpResponseEncoder {
    private boolean headless;

    /// The next response has no body whatever its fields say.
    void headless(boolean value) {
        headless = value;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse message) {
        return headless || message.status().code() == 304 || super.isContentAlwaysEmpty(message);
    }
}
