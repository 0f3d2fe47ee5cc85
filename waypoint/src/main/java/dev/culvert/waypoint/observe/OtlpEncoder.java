package dev.culvert.waypoint.observe;

import com.google.protobuf.ByteString;
import dev.culvert.api.otlp.AnyValue;
import dev.culvert.api.otlp.ExportTraceServiceRequest;
import dev.culvert.api.otlp.InstrumentationScope;
import dev.culvert.api.otlp.KeyValue;
import dev.culvert.api.otlp.Resource;
import dev.culvert.api.otlp.ResourceSpans;
import dev.culvert.api.otlp.ScopeSpans;
import dev.culvert.api.otlp.Span;
import dev.culvert.api.otlp.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// OTLP in protobuf. Immutable.
///
/// @param service `service.name` of the resource
record OtlpEncoder(String service) implements SpanEncoder {
    private static final int SAMPLED = 1;

    @Override
    public ByteBuf encode(List<FinishedSpan> spans, boolean framed) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder()
                .setScope(InstrumentationScope.newBuilder().setName("culvert"));
        spans.forEach(span -> scope.addSpans(span(span)));
        byte[] bytes = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(attribute("service.name", service)))
                        .addScopeSpans(scope))
                .build()
                .toByteArray();
        ByteBuf body = Unpooled.buffer(bytes.length + 5);
        if (framed) {
            body.writeByte(0).writeInt(bytes.length);
        }
        return body.writeBytes(bytes);
    }

    @Override
    public String contentType() {
        return "application/x-protobuf";
    }

    private static Span span(FinishedSpan span) {
        long start = ChronoUnit.NANOS.between(Instant.EPOCH, span.start());
        Span.Builder message = Span.newBuilder()
                .setTraceId(id(span.trace().high(), span.trace().low()))
                .setSpanId(id(span.own()))
                .setTraceState(span.trace().state())
                .setName(span.name())
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + span.nanos())
                .setFlags(SAMPLED);
        if (span.trace().span() != 0) {
            message.setParentSpanId(id(span.trace().span()));
        }
        if (span.failed()) {
            message.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
        }
        span.tags().forEach((key, value) -> message.addAttributes(attribute(key, value)));
        return message.build();
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static ByteString id(long... halves) {
        ByteBuffer bytes = ByteBuffer.allocate(halves.length * Long.BYTES);
        for (long half : halves) {
            bytes.putLong(half);
        }
        return ByteString.copyFrom(bytes.flip());
    }
}
