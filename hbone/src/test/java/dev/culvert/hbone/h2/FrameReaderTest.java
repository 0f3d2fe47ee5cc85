package dev.culvert.hbone.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.LeakGuard;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    /// Writes down what it is given.
    private static final class Log implements FrameSink {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void head(int type, int streamId) {
            text.append('[').append(type).append('/').append(streamId).append(']');
        }

        @Override
        public void dataHead(int streamId, int length, boolean endStream) {
            text.append("data ").append(length).append(endStream ? " last:" : ":");
        }

        @Override
        public void dataPiece(ByteBuf piece) {
            text.append(piece.toString(StandardCharsets.US_ASCII));
            piece.release();
        }

        @Override
        public void dataPadding(int bytes) {
            text.append("+pad").append(bytes).append('+');
        }

        @Override
        public void dataEnd() {
            text.append(';');
        }

        @Override
        public void frame(int type, int flags, int streamId, ByteBuf payload) {
            text.append(payload.toString(StandardCharsets.US_ASCII)).append(';');
        }

        @Override
        public void unknown() {
            text.append("?;");
        }
    }

    private void frame(ByteBuf to, int type, int flags, int stream, String payload) {
        to.writeMedium(payload.length()).writeByte(type).writeByte(flags).writeInt(stream);
        to.writeCharSequence(payload, StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 9, 10, 64, 10_000})
    void framesAreTheSameHoweverTheyAreCut(int cut) throws Violation {
        ByteBuf bytes = leaks.allocator().directBuffer();
        bytes.writeCharSequence("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII);
        frame(bytes, Frames.SETTINGS, 0, 0, "");
        frame(bytes, Frames.HEADERS, 4, 1, "block");
        frame(bytes, Frames.DATA, 0, 1, "hello");
        frame(bytes, 0x42, 0, 1, "unknown");
        frame(bytes, Frames.DATA, Frames.PADDED | Frames.END_STREAM, 1, "\u0003worldxxx");
        frame(bytes, Frames.DATA, 0, 3, "");
        frame(bytes, Frames.PING, 0, 0, "12345678");
        Log log = new Log();
        FrameReader reader = new FrameReader(log, leaks.allocator(), true, 16_384, 1_000);

        while (bytes.isReadable()) {
            ByteBuf part = leaks.allocator().directBuffer();
            part.writeBytes(bytes, Math.min(cut, bytes.readableBytes()));
            reader.peek(part);
            part.release();
        }
        reader.close();
        bytes.release();

        assertThat(log.text)
                .hasToString("[4/0];[1/1]block;[0/1]data 5:hello;[66/1]?;"
                        + "[0/1]data 9 last:+pad4+world;[0/3]data 0:;[6/0]12345678;");
    }

    @Test
    void aWrongPrefaceAndFramesTooLongAreBreaches() {
        FrameReader reader = new FrameReader(new Log(), leaks.allocator(), true, 16_384, 1_000);
        FrameReader settled = new FrameReader(new Log(), leaks.allocator(), false, 16_384, 1_000);
        ByteBuf wrong = leaks.allocator().directBuffer();
        wrong.writeCharSequence("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);
        ByteBuf large = leaks.allocator().directBuffer();
        large.writeMedium(16_385).writeByte(0).writeByte(0).writeInt(1);

        assertThatThrownBy(() -> reader.peek(wrong)).isInstanceOf(Violation.class);
        assertThatThrownBy(() -> settled.peek(large))
                .isInstanceOfSatisfying(
                        Violation.class, breach -> assertThat(breach.code()).isEqualTo(ErrorCode.FRAME_SIZE_ERROR));
        wrong.release();
        large.release();
    }
}
