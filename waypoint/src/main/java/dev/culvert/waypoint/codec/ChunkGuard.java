package dev.culvert.waypoint.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Looks at the framing of a chunked body before it is decoded: sizes are hexadecimal digits and no
/// more than sixteen of them, extensions are short, every line ends with CR LF, and trailers are
/// looked at as a head is.
///
/// Confined to the loop of its channel. It walks over the bytes once, ahead of the decoder.
final class ChunkGuard {
    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS
    }

    private static final int MOST_DIGITS = 15;

    private final HttpLimits limits;
    private boolean active;
    private State state = State.SIZE;
    /// How many bytes behind the reader's index are looked at already.
    private int looked;

    private int digits;
    private int extension;
    private long left;
    private int trailerStart;
    private int trailerBytes;
    private boolean named;
    private boolean done;

    ChunkGuard(HttpLimits limits) {
        this.limits = limits;
    }

    void begin(boolean chunked) {
        active = chunked;
        state = State.SIZE;
        looked = 0;
        digits = 0;
        extension = 0;
        left = 0;
        trailerBytes = 0;
        named = false;
        done = false;
    }

    boolean isActive() {
        return active;
    }

    /// The decoder has taken so many bytes.
    void consumed(int bytes) {
        looked = Math.max(0, looked - bytes);
        trailerStart = Math.max(0, trailerStart - bytes);
    }

    /// Looks at what is there, and leaves it there.
    @Nullable
    Malformed look(ByteBuf in) {
        int available = in.readableBytes();
        while (looked < available && !done) {
            if (state == State.DATA) {
                int skip = (int) Math.min(left, available - looked);
                looked += skip;
                left -= skip;
                state = left == 0 ? State.DATA_CR : State.DATA;
                continue;
            }
            Malformed refusal = step(in, in.getByte(in.readerIndex() + looked));
            if (refusal != null) {
                return refusal;
            }
            looked++;
        }
        return null;
    }

    private @Nullable Malformed step(ByteBuf in, byte b) {
        return switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> afterSize(b);
            case DATA_CR -> expect(b, '\r', State.DATA_LF);
            case DATA_LF -> expect(b, '\n', State.SIZE);
            case TRAILERS -> trailer(in, b);
            case DATA -> null;
        };
    }

    private @Nullable Malformed expect(byte b, char wanted, State next) {
        if (b != wanted) {
            return Malformed.bad("chunk_does_not_end_where_it_should");
        }
        state = next;
        digits = 0;
        extension = 0;
        return null;
    }

    private @Nullable Malformed size(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            left = left * 16 + digit;
            digits++;
            return digits > MOST_DIGITS ? Malformed.bad("chunk_size_is_too_large") : null;
        }
        if (digits == 0 || (b != ';' && b != '\r')) {
            return Malformed.bad("invalid_chunk_size");
        }
        state = b == ';' ? State.EXTENSION : State.SIZE_LF;
        return null;
    }

    private @Nullable Malformed extension(byte b) {
        extension++;
        if (b == '\r') {
            state = State.SIZE_LF;
            return null;
        }
        if (extension > limits.chunkExtensionBytes()) {
            return Malformed.bad("chunk_extension_is_too_long");
        }
        return (b >= 0 && b < ' ' && b != '\t') || b == 0x7f ? Malformed.bad("invalid_chunk_extension") : null;
    }

    private @Nullable Malformed afterSize(byte b) {
        if (b != '\n') {
            return Malformed.bad("bare_cr");
        }
        state = left > 0 ? State.DATA : State.TRAILERS;
        trailerStart = looked + 1;
        return null;
    }

    private @Nullable Malformed trailer(ByteBuf in, byte b) {
        if (++trailerBytes > limits.headerBytes()) {
            return new Malformed(431, "trailers_are_too_large");
        }
        boolean first = looked == trailerStart;
        byte before = first ? 0 : in.getByte(in.readerIndex() + looked - 1);
        if (b == '\n') {
            if (before != '\r') {
                return Malformed.bad("bare_lf");
            }
            done = looked - trailerStart == 1;
            if (!done && !named) {
                return Malformed.bad("trailer_without_colon");
            }
            named = false;
            trailerStart = looked + 1;
            return null;
        }
        if (before == '\r') {
            return Malformed.bad("bare_cr");
        }
        if (!named && b != '\r') {
            return name(first, b);
        }
        return (b >= 0 && b < ' ' && b != '\t' && b != '\r') || b == 0x7f
                ? Malformed.bad("control_character_in_trailer")
                : null;
    }

    private @Nullable Malformed name(boolean first, byte b) {
        if (first && (b == ' ' || b == '\t')) {
            return Malformed.bad("folded_header_line");
        }
        if (b == ':' && !first) {
            named = true;
            return null;
        }
        return HeadScanner.isToken(b) ? null : Malformed.bad("invalid_trailer_name");
    }
}
