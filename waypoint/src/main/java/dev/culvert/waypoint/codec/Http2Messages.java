package dev.culvert.waypoint.codec;

import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Heads of HTTP/2 and the values of an exchange. Without state.
public final class Http2Messages {
    private static final AsciiString COOKIE = AsciiString.cached("cookie");
    private static final AsciiString HOST = AsciiString.cached("host");

    private Http2Messages() {}

    /// What the head of a request means, or why it is refused.
    ///
    /// @param last whether no body follows
    public static ParsedRequest parse(Http2Headers fields, boolean last, HttpLimits limits) {
        if (fields.size() > limits.headerCount() + 4) {
            return refused(431, "too_many_headers");
        }
        CharSequence method = fields.method();
        CharSequence path = fields.path();
        CharSequence scheme = fields.scheme();
        if (method == null || !isToken(method)) {
            return refused(400, "invalid_method");
        }
        if (AsciiString.contentEquals(method, "CONNECT")) {
            return refused(405, "connect_is_not_served");
        }
        if (path == null || !isPath(path, method)) {
            return refused(400, "invalid_request_target");
        }
        if (scheme == null
                || !(AsciiString.contentEquals(scheme, "http") || AsciiString.contentEquals(scheme, "https"))) {
            return refused(400, "invalid_scheme");
        }
        HttpHeaders headers = copy(fields);
        if (headers == null) {
            return refused(400, "invalid_header");
        }
        return authority(
                fields, new RequestHead(method.toString(), scheme.toString(), "", path.toString(), headers), last);
    }

    private static ParsedRequest authority(Http2Headers fields, RequestHead head, boolean last) {
        HttpHeaders headers = head.headers();
        List<String> hosts = headers.getAll(HOST);
        CharSequence named = fields.authority();
        String authority = named != null ? named.toString() : hosts.isEmpty() ? "" : hosts.getFirst();
        if (!Targets.isAuthority(authority)) {
            return refused(400, authority.isEmpty() ? "host_is_missing" : "invalid_host");
        }
        if (hosts.stream().anyMatch(host -> !host.equalsIgnoreCase(authority))) {
            return refused(400, "host_differs_from_authority");
        }
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (lengths.size() > 1 || (!lengths.isEmpty() && !Http1Messages.isLength(lengths.getFirst()))) {
            return refused(400, "invalid_content_length");
        }
        headers.remove(HOST);
        Http1Messages.canonicalLength(headers);
        head.authority(authority);
        return new ParsedRequest.Taken(head, last, true);
    }

    private static ParsedRequest refused(int status, String reason) {
        return new ParsedRequest.Refused(new Malformed(status, reason));
    }

    private static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 127 || !HeadScanner.isToken((byte) c)) {
                return false;
            }
        }
        return text.length() > 0;
    }

    private static boolean isPath(CharSequence text, CharSequence method) {
        if (text.length() == 0) {
            return false;
        }
        if (AsciiString.contentEquals(text, "*")) {
            return AsciiString.contentEquals(method, "OPTIONS");
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return text.charAt(0) == '/';
    }

    /// The fields that are not pseudo fields, in the form of HTTP/1; null when one of them may not
    /// be there.
    static @Nullable HttpHeaders copy(Http2Headers fields) {
        HttpHeaders headers = newHeaders();
        for (Map.Entry<CharSequence, CharSequence> field : fields) {
            CharSequence name = field.getKey();
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (!isToken(name) || !ConnectionFields.isAllowedInHttp2(name) || !isValue(field.getValue())) {
                return null;
            }
            if (AsciiString.contentEquals(name, COOKIE) && headers.contains(COOKIE)) {
                // RFC 9113 section 8.2.3: crumbs are joined when they leave HTTP/2
                headers.set(COOKIE, headers.get(COOKIE) + "; " + field.getValue());
            } else {
                headers.add(name, field.getValue());
            }
        }
        return headers;
    }

    /// Fields that are checked already.
    static HttpHeaders newHeaders() {
        return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    }

    private static boolean isValue(CharSequence value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /// The head of a request as it goes to a backend.
    public static Http2Headers request(RequestHead head) {
        Http2Headers fields = new DefaultHttp2Headers(false, head.headers().size() + 8);
        fields.method(head.method()).scheme(head.scheme()).path(head.target());
        if (!head.authority().isEmpty()) {
            fields.authority(head.authority());
        }
        add(fields, head.headers());
        return fields;
    }

    /// The head of a response as it goes to a client.
    public static Http2Headers response(ResponseHead head) {
        Http2Headers fields = new DefaultHttp2Headers(false, head.headers().size() + 4);
        fields.status(Integer.toString(head.status()));
        add(fields, head.headers());
        return fields;
    }

    /// Fields behind a body.
    public static Http2Headers trailers(HttpHeaders trailers) {
        Http2Headers fields = new DefaultHttp2Headers(false, trailers.size());
        add(fields, trailers);
        return fields;
    }

    private static void add(Http2Headers fields, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = headers.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            AsciiString name = AsciiString.of(field.getKey()).toLowerCase();
            if (ConnectionFields.isAllowedInHttp2(name) && !name.contentEquals(HOST)) {
                fields.add(name, field.getValue());
            }
        }
    }

    /// What the head of a response means; null when it is none.
    public static @Nullable ResponseHead parse(Http2Headers fields) {
        CharSequence status = fields.status();
        HttpHeaders headers = copy(fields);
        if (status == null || status.length() != 3 || headers == null) {
            return null;
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            code = code * 10 + Character.digit(status.charAt(i), 10);
        }
        return code < 100 || code > 999 || code == 101 ? null : new ResponseHead(code, headers);
    }

    /// What the fields behind a body mean; null when they may not be there.
    public static @Nullable HttpHeaders parseTrailers(Http2Headers fields) {
        for (CharSequence name : fields.names()) {
            if (name.length() > 0 && name.charAt(0) == ':') {
                return null;
            }
        }
        HttpHeaders trailers = copy(fields);
        if (trailers != null) {
            ConnectionFields.stripTrailers(trailers);
        }
        return trailers;
    }
}
