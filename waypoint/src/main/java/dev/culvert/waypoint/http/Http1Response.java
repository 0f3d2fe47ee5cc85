package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.Http1Messages;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;

/// How one response of HTTP/1 is framed. Immutable.
///
/// @param message with the fields of its framing
/// @param hasBody whether bytes of a body go on the wire
/// @param close whether the connection ends with it
record Http1Response(HttpResponse message, boolean hasBody, boolean close) {

    /// @param last whether there is no body
    /// @param old whether the client speaks HTTP/1.0
    static Http1Response of(ResponseHead head, String method, boolean last, boolean old, boolean keep) {
        boolean bodyless = Http1Messages.isBodyless(head.status(), method);
        HttpResponse message = Http1Messages.response(head);
        var headers = message.headers();
        boolean close = !keep;
        if (head.status() == 204 || head.status() < 200) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        } else if (last && !bodyless && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        } else if (!last && !bodyless && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (old) {
                close = true;
            } else {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        if (head.status() != 101) {
            if (close) {
                headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            } else if (old) {
                headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            }
        }
        if (old) {
            message.setProtocolVersion(HttpVersion.HTTP_1_0);
        }
        return new Http1Response(message, !bodyless, close && head.status() != 101);
    }
}
