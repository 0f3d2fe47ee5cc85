package dev.culvert.waypoint.codec;

import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Messages of HTTP/1 and the values of an exchange. Without state.
public final class Http1Messages {
    private Http1Messages() {}

    /// What the head of a request means, or why it is refused.
    ///
    /// @param http10 whether clients may speak HTTP/1.0
    public static ParsedRequest parse(HttpRequest message, StrictRequestDecoder decoder, boolean http10) {
        if (message.decoderResult().isFailure()) {
            return refused(400, "invalid_request");
        }
        HttpVersion version = message.protocolVersion();
        boolean old = version.equals(HttpVersion.HTTP_1_0);
        if (!old && !version.equals(HttpVersion.HTTP_1_1)) {
            return refused(505, "http_version_not_supported");
        }
        if (old && !http10) {
            return refused(426, "http_1.0_is_not_served");
        }
        String framing = framing(message.headers(), decoder.hadBothLengths(), old);
        if (framing != null) {
            return refused(400, framing);
        }
        return addressed(message, old);
    }

    private static ParsedRequest addressed(HttpRequest message, boolean old) {
        String method = message.method().name();
        if (method.equals("CONNECT")) {
            return refused(405, "connect_is_not_served");
        }
        Targets.Target target = Targets.parse(method, message.uri());
        if (target == null) {
            return refused(400, "invalid_request_target");
        }
        HttpHeaders headers = message.headers();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 && !(old && hosts.isEmpty())) {
            return refused(400, hosts.isEmpty() ? "host_is_missing" : "more_than_one_host");
        }
        String host = hosts.isEmpty() ? target.authority() : hosts.getFirst();
        if (host.isEmpty() ? !old : !Targets.isAuthority(host)) {
            return refused(400, "invalid_host");
        }
        if (!target.authority().isEmpty() && !target.authority().equalsIgnoreCase(host)) {
            return refused(400, "host_differs_from_target");
        }
        boolean keep = HttpUtil.isKeepAlive(message);
        boolean chunked = HttpUtil.isTransferEncodingChunked(message);
        boolean bodyless = !chunked && HttpUtil.getContentLength(message, 0L) == 0;
        headers.remove(HttpHeaderNames.HOST);
        canonicalLength(headers);
        ConnectionFields.strip(headers);
        if (old) {
            headers.remove(HttpHeaderNames.UPGRADE);
            headers.remove(HttpHeaderNames.EXPECT);
        }
        return new ParsedRequest.Taken(
                new RequestHead(method, target.scheme(), host, target.pathAndQuery(), headers), bodyless, keep);
    }

    /// Why nobody can say how long the body is, or null.
    private static @Nullable String framing(HttpHeaders headers, boolean bothLengths, boolean old) {
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty()) {
            if (bothLengths || !lengths.isEmpty()) {
                return "transfer_encoding_with_content_length";
            }
            if (old) {
                return "transfer_encoding_in_http_1.0";
            }
            boolean chunked = codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
            return chunked ? null : "transfer_encoding_other_than_chunked";
        }
        if (lengths.size() > 1) {
            return "more_than_one_content_length";
        }
        return lengths.isEmpty() || isLength(lengths.getFirst()) ? null : "invalid_content_length";
    }

    /// Some servers read a number that begins with a zero as octal.
    static void canonicalLength(HttpHeaders headers) {
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && length.length() > 1 && length.charAt(0) == '0') {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(Long.parseLong(length)));
        }
    }

    static boolean isLength(String text) {
        return !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static ParsedRequest refused(int status, String reason) {
        return new ParsedRequest.Refused(new Malformed(status, reason));
    }

    /// Fields behind a body, without those that say what only a head may say.
    public static HttpHeaders parseTrailers(HttpHeaders trailers) {
        ConnectionFields.stripTrailers(trailers);
        return trailers;
    }

    /// A request as it goes to a backend.
    ///
    /// @param bodyless whether no body follows
    public static HttpRequest request(RequestHead head, boolean bodyless) {
        DefaultHttpRequest message = new DefaultHttpRequest(
                HttpVersion.HTTP_1_1,
                HttpMethod.valueOf(head.method()),
                head.target(),
                head.headers().copy());
        HttpHeaders headers = message.headers();
        headers.set(HttpHeaderNames.HOST, head.authority());
        headers.remove(HttpHeaderNames.TE);
        if (headers.contains(HttpHeaderNames.UPGRADE)) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
        if (!bodyless && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        return message;
    }

    /// What the head of a response means; null when nobody can say how long its body is.
    public static @Nullable ResponseHead parse(HttpResponse message) {
        HttpHeaders headers = message.headers();
        if (message.decoderResult().isFailure() || framing(headers, false, false) != null) {
            return null;
        }
        if (!"HTTP/1.1".equals(message.protocolVersion().text())
                && !"HTTP/1.0".equals(message.protocolVersion().text())) {
            return null;
        }
        canonicalLength(headers);
        ConnectionFields.strip(headers);
        return new ResponseHead(message.status().code(), headers);
    }

    /// A response as it goes to a client, without the fields that say how long it is.
    public static HttpResponse response(ResponseHead head) {
        HttpHeaders headers = head.headers();
        if (head.status() == 101 && headers.contains(HttpHeaderNames.UPGRADE)) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        }
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(head.status()), headers);
    }

    /// Whether a response of this status to this method has no body whatever its fields say.
    public static boolean isBodyless(int status, String method) {
        return method.equals("HEAD") || status == 204 || status == 304 || status < 200;
    }
}
