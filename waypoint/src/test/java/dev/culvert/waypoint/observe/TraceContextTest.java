package dev.culvert.waypoint.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Traces as requests bring them and take them on.
class TraceContextTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final HttpHeaders headers = new DefaultHttpHeaders();

    @Test
    void w3cIsReadAndTakenOnWithItsState() {
        headers.add("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01");
        headers.add("tracestate", "a=1");
        headers.add("tracestate", "b=2");

        TraceContext trace = extracted();
        trace.inject(headers, 0x12, true, false);

        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(trace.sampled()).isTrue();
        assertThat(trace.state()).isEqualTo("a=1,b=2");
        assertThat(headers.get("traceparent")).isEqualTo("00-" + TRACE + "-0000000000000012-01");
        assertThat(headers.getAll("tracestate")).containsExactly("a=1", "b=2");
        assertThat(headers.contains("x-b3-traceid")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                "00-0af7651916cd43dd8448eb211c80319X-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            })
    void whatIsNotWellMadeIsNoTrace(String parent) {
        headers.add("traceparent", parent);

        assertThat(TraceContext.extract(headers)).isNull();
    }

    @Test
    void aLaterVersionMayHaveMore() {
        headers.add("traceparent", "01-" + TRACE + "-b7ad6b7169203331-00-more");

        assertThat(extracted().sampled()).isFalse();
    }

    @Test
    void b3InOneFieldStaysInOne() {
        headers.add("b3", TRACE + "-b7ad6b7169203331-1");

        TraceContext trace = extracted();
        trace.inject(headers, 0x12, true, true);

        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(headers.get("b3")).isEqualTo(TRACE + "-0000000000000012-1");
        assertThat(headers.contains("x-b3-traceid")).isFalse();
    }

    @Test
    void b3InSeveralFieldsKeepsItsShortIdAndItsParent() {
        headers.add("X-B3-TraceId", "8448eb211c80319c");
        headers.add("X-B3-SpanId", "b7ad6b7169203331");
        headers.add("X-B3-Sampled", "0");

        TraceContext trace = extracted();
        trace.inject(headers, 0x12, false, false);

        assertThat(trace.sampled()).isFalse();
        assertThat(headers.get("x-b3-traceid")).isEqualTo("8448eb211c80319c");
        assertThat(headers.get("x-b3-parentspanid")).isEqualTo("b7ad6b7169203331");
        assertThat(headers.get("x-b3-sampled")).isEqualTo("0");
        assertThat(headers.get("traceparent")).isEqualTo("00-00000000000000008448eb211c80319c-0000000000000012-00");
    }

    @Test
    void nobodyHasDecidedWhereNothingIsSaid() {
        headers.add("x-b3-traceid", TRACE).add("x-b3-spanid", "b7ad6b7169203331");

        assertThat(extracted().sampled()).isNull();
        assertThat(TraceContext.begin(new Random(1)).sampled()).isNull();
    }

    private TraceContext extracted() {
        TraceContext trace = TraceContext.extract(headers);
        if (trace == null) {
            throw new AssertionError("no trace in " + headers);
        }
        return trace;
    }
}
