package dev.culvert.hbone.h2;

import dev.culvert.api.MeshHeaders;
import dev.culvert.hbone.header.Baggage;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/// The answer to a CONNECT as header fields, both ways. Pure.
final class ReplyFields {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    private static final String STATUS = ":status";

    private ReplyFields() {}

    static Http2Headers print(int status, Baggage baggage) {
        Http2Headers fields = new DefaultHttp2Headers(false, 2);
        fields.add(STATUS, Integer.toString(status));
        if (!baggage.isEmpty()) {
            fields.add(MeshHeaders.BAGGAGE, baggage.print());
        }
        return fields;
    }

    /// The status, or -1 when there is not exactly one, of three digits.
    static int status(Http2Headers fields) {
        CharSequence text = fields.getAll(STATUS).size() == 1 ? fields.get(STATUS) : null;
        boolean legal = text != null && text.length() == 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return legal && !fields.contains(":method") ? Integer.parseInt(text, 0, 3, 10) : -1;
    }

    static Baggage baggage(Http2Headers fields) {
        return Baggage.parse(fields.getAll(MeshHeaders.BAGGAGE));
    }
}
