package dev.culvert.waypoint.observe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Zipkin's JSON, version 2. Immutable.
///
/// @param service name of the local endpoint
record ZipkinEncoder(String service) implements SpanEncoder {

    @Override
    public ByteBuf encode(List<FinishedSpan> spans, boolean framed) {
        StringBuilder out = new StringBuilder("[");
        for (FinishedSpan span : spans) {
            out.append(out.length() == 1 ? "" : ",");
            append(out, span);
        }
        return Unpooled.copiedBuffer(out.append(']'), StandardCharsets.UTF_8);
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    private void append(StringBuilder out, FinishedSpan span) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, span.start());
        out.append("{\"traceId\":\"").append(span.trace().traceId());
        out.append("\",\"id\":\"").append(HexFormat.of().toHexDigits(span.own()));
        if (span.trace().span() != 0) {
            out.append("\",\"parentId\":\"")
                    .append(HexFormat.of().toHexDigits(span.trace().span()));
        }
        out.append("\",\"kind\":\"SERVER\",\"name\":");
        JsonText.append(out, span.name());
        out.append(",\"timestamp\":").append(micros);
        out.append(",\"duration\":").append(Math.max(1, span.nanos() / 1000));
        out.append(",\"localEndpoint\":{\"serviceName\":");
        JsonText.append(out, service);
        out.append("},\"tags\":{");
        String between = span.failed() ? "\"error\":\"true\"" : "";
        out.append(between);
        for (Map.Entry<String, String> tag : span.tags().entrySet()) {
            out.append(between.isEmpty() ? "" : ",");
            between = ",";
            JsonText.append(out, tag.getKey());
            out.append(':');
            JsonText.append(out, tag.getValue());
        }
        out.append("}}");
    }
}
