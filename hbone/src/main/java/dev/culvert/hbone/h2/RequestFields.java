package dev.culvert.hbone.h2;

import dev.culvert.api.MeshHeaders;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A CONNECT request as header fields, both ways. Pure.
final class RequestFields {
    private static final String METHOD = ":method";
    private static final String AUTHORITY = ":authority";
    private static final String SCHEME = ":scheme";
    private static final String PATH = ":path";
    private static final String PROTOCOL = ":protocol";
    private static final String CONNECT = "CONNECT";
    private static final String CONTENT_LENGTH = "content-length";

    private RequestFields() {}

    static Http2Headers print(ConnectRequest request) {
        Http2Headers fields = new DefaultHttp2Headers(false, 8);
        fields.add(METHOD, CONNECT);
        fields.add(AUTHORITY, request.authority().toString());
        fields.add(MeshHeaders.BAGGAGE, request.baggage().print());
        String forwarded = request.forwarded().print();
        if (!forwarded.isEmpty()) {
            fields.add(MeshHeaders.FORWARDED, forwarded);
        }
        fields.add(MeshHeaders.TRACEPARENT, request.traceParent().value());
        if (request.forwardedNetwork() != null) {
            fields.add(MeshHeaders.FORWARDED_NETWORK, request.forwardedNetwork());
        }
        if (request.source() != null) {
            fields.add(MeshHeaders.ISTIO_SOURCE, request.source());
        }
        return fields;
    }

    static RequestVerdict judge(Http2Headers fields) {
        List<CharSequence> methods = fields.getAll(METHOD);
        if (methods.size() != 1
                || fields.contains(":status")
                || fields.getAll(AUTHORITY).size() > 1) {
            return new RequestVerdict.Malformed();
        }
        boolean connect = CONNECT.contentEquals(methods.getFirst());
        return connect ? judgeConnect(fields) : judgeOther(fields);
    }

    private static RequestVerdict judgeConnect(Http2Headers fields) {
        if (fields.contains(SCHEME) || fields.contains(PATH) || fields.contains(PROTOCOL)) {
            return new RequestVerdict.Malformed();
        }
        CharSequence text = fields.get(AUTHORITY);
        Authority authority = text == null ? null : Authority.tryParse(text.toString());
        if (authority == null) {
            return new RequestVerdict.BadRequest(-1);
        }
        return new RequestVerdict.Tunnel(new ConnectRequest(
                authority,
                Baggage.parse(fields.getAll(MeshHeaders.BAGGAGE)),
                forwarded(fields),
                traceParent(fields),
                string(fields.get(MeshHeaders.FORWARDED_NETWORK)),
                string(fields.get(MeshHeaders.ISTIO_SOURCE))));
    }

    private static RequestVerdict judgeOther(Http2Headers fields) {
        List<CharSequence> paths = fields.getAll(PATH);
        boolean legal = fields.getAll(SCHEME).size() == 1
                && paths.size() == 1
                && !paths.getFirst().isEmpty();
        if (!legal || fields.contains(PROTOCOL)) {
            return new RequestVerdict.Malformed();
        }
        long length = -1;
        for (CharSequence text : fields.getAll(CONTENT_LENGTH)) {
            long next = number(text);
            if (next < 0 || (length >= 0 && length != next)) {
                return new RequestVerdict.Malformed();
            }
            length = next;
        }
        return new RequestVerdict.BadRequest(length);
    }

    private static long number(CharSequence text) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        return Long.parseLong(text, 0, text.length(), 10);
    }

    private static Forwarded forwarded(Http2Headers fields) {
        CharSequence text = fields.get(MeshHeaders.FORWARDED);
        return text == null ? Forwarded.EMPTY : Forwarded.parse(text.toString());
    }

    private static TraceParent traceParent(Http2Headers fields) {
        CharSequence text = fields.get(MeshHeaders.TRACEPARENT);
        TraceParent given = text == null ? null : TraceParent.tryParse(text.toString());
        return given == null ? TraceParent.random() : given;
    }

    private static @Nullable String string(@Nullable CharSequence text) {
        return text == null ? null : text.toString();
    }
}
