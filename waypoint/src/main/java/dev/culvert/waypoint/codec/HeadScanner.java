package dev.culvert.waypoint.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Looks at the bytes of a head of HTTP/1 before anything is made of them: every line ends with CR
/// LF and with nothing else, no line continues the one before, and nothing stands where it could be
/// read in two ways (RFC 9112).
///
/// Confined to the loop of its channel. It remembers how far it has looked, so that a head that
/// comes byte by byte is looked at once.
final class HeadScanner {
    private static final byte[] TOKEN = new byte[128];

    static {
        for (char c = '0'; c <= 'z'; c++) {
            TOKEN[c] = (byte) (Character.isLetterOrDigit(c) ? 1 : 0);
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = 1;
        }
    }

    private final HttpLimits limits;
    private final boolean request;
    private int looked;
    private int lineStart;
    private int lines;
    private boolean named;
    private @Nullable Malformed refusal;

    /// @param request whether heads of requests are looked at, else of responses
    HeadScanner(HttpLimits limits, boolean request) {
        this.limits = limits;
        this.request = request;
    }

    /// Whether `byte` may be part of a name.
    static boolean isToken(byte b) {
        return b > 0 && TOKEN[b] == 1;
    }

    /// Why the head is not to be read at all; null while nothing speaks against it.
    @Nullable
    Malformed refusal() {
        return refusal;
    }

    /// Whether some of a head is there, and not all of it.
    boolean isInside() {
        return looked > 0;
    }

    /// Looks at what is there, and leaves it there.
    ///
    /// @return whether a whole head is there; the next call is about the next head
    boolean scan(ByteBuf in) {
        int from = in.readerIndex();
        int available = in.readableBytes();
        while (looked < available && refusal == null) {
            byte b = in.getByte(from + looked);
            looked++;
            if (b == '\n') {
                if (endOfLine(in, from)) {
                    restart();
                    return true;
                }
            } else {
                look(in, from, b);
            }
        }
        return false;
    }

    private void restart() {
        looked = 0;
        lineStart = 0;
        lines = 0;
        named = false;
    }

    private void refuse(String reason) {
        refusal = Malformed.bad(reason);
    }

    /// One byte that ends no line; `looked` is behind it.
    private void look(ByteBuf in, int from, byte b) {
        if (looked > limits.headerBytes()) {
            refusal = new Malformed(431, "head_is_too_large");
        } else if (looked - 1 > lineStart && in.getByte(from + looked - 2) == '\r') {
            refuse("bare_cr");
        } else if (b == '\r') {
            return;
        } else if (lines == 0) {
            if (looked == 1 && !isToken(b)) {
                refuse("invalid_first_line");
            } else if (isControl(b) || (request && b < 0)) {
                refuse("control_character_in_first_line");
            }
        } else if (!named) {
            name(b);
        } else if (isControl(b) && b != '\t') {
            refuse("control_character_in_header_value");
        }
    }

    private static boolean isControl(byte b) {
        return (b >= 0 && b < ' ') || b == 0x7f;
    }

    private void name(byte b) {
        boolean first = looked - 1 == lineStart;
        if (b == ':' && !first) {
            named = true;
        } else if (first && (b == ' ' || b == '\t')) {
            refuse("folded_header_line");
        } else if (!isToken(b)) {
            refuse(b == ' ' || b == '\t' ? "space_before_colon" : "invalid_header_name");
        }
    }

    /// A line feed was read; `looked` is behind it.
    private boolean endOfLine(ByteBuf in, int from) {
        int length = looked - lineStart;
        if (length < 2 || in.getByte(from + looked - 2) != '\r') {
            refuse("bare_lf");
            return false;
        }
        boolean empty = length == 2;
        if (lines == 0 && empty) {
            refuse("empty_first_line");
        } else if (lines > 0 && !empty && !named) {
            refuse("header_without_colon");
        } else if (!empty && lines > limits.headerCount()) {
            refusal = new Malformed(431, "too_many_headers");
        }
        boolean whole = lines > 0 && empty;
        lines++;
        lineStart = looked;
        named = false;
        return whole && refusal == null;
    }
}
