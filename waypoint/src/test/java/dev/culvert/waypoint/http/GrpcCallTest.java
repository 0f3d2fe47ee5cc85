package dev.culvert.waypoint.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read of a call of gRPC on its way.
class GrpcCallTest {
    private static final String THREE = "\0\0\0\0\1a" + "\1\0\0\0\0" + "\0\0\0\1\0" + "b".repeat(256);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 7, 100, 1_000})
    void countsMessagesHoweverTheyAreCut(int size) {
        GrpcMessages messages = new GrpcMessages();
        ByteBuf all = Unpooled.copiedBuffer(THREE + THREE, StandardCharsets.ISO_8859_1);
        int count = 0;
        while (all.isReadable()) {
            count += messages.peek(all.readSlice(Math.min(size, all.readableBytes())));
        }
        assertThat(count).isEqualTo(6);
    }

    @Test
    void countsNoMessageThatHasNotEnded() {
        GrpcMessages messages = new GrpcMessages();
        ByteBuf huge = Unpooled.copiedBuffer("\0\u00ff\u00ff\u00ff\u00ffabc", StandardCharsets.ISO_8859_1);
        assertThat(messages.peek(huge)).isZero();
        assertThat(huge.readableBytes()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"1H,3600000", "2M,120000", "3S,3000", "4m,4", "5000u,5", "99999999n,99"})
    void readsTheTimeThatAClientGives(String text, long millis) {
        assertThat(GrpcTimeout.of(head(text)).toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "1", "1s", "-1S", "1.5S", "123456789S", "1 S"})
    void takesNoTimeOfAnotherForm(String text) {
        assertThat(GrpcTimeout.of(head(text))).isEqualTo(Duration.ZERO);
    }

    private static RequestHead head(String timeout) {
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        headers.set("grpc-timeout", timeout);
        return new RequestHead("POST", "http", "web", "/a/b", headers);
    }
}
