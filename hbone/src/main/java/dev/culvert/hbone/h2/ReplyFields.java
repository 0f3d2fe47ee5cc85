package dev.culvert.hbone.h2;

import dev.culvert.api.MeshHeaders;
import dev.culvert.hbone.header.Baggage;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/// The answer to a CONNECT as header fields, both ways. Pure.
final class ReplyFields {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    private static final int MAX_REASON_CHARS = 512;
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

    static Http2Headers refusal(int status, String reason) {
        Http2Headers fields = print(status, Baggage.EMPTY);
        if (!reason.isEmpty()) {
            fields.add(MeshHeaders.REFUSAL, printable(reason));
        }
        return fields;
    }

    /// Why the peer refused, as far as it says so in words that a log can bear.
    static String reason(Http2Headers fields) {
        CharSequence text = fields.get(MeshHeaders.REFUSAL);
        return text == null ? "" : printable(text);
    }

    private static String printable(CharSequence text) {
        StringBuilder kept = new StringBuilder(Math.min(text.length(), MAX_REASON_CHARS));
        for (int i = 0; i < text.length() && i < MAX_REASON_CHARS; i++) {
            char c = text.charAt(i);
            kept.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return kept.toString().strip();
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
