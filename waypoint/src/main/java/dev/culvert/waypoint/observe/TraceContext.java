package dev.culvert.waypoint.observe;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.HexFormat;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Which trace a request belongs to, by W3C Trace Context or by B3. Immutable.
///
/// @param high the upper half of the trace's id; 0 for an id of 64 bits
/// @param span of whoever sent the request; 0 when it began with us
/// @param sampled null when nobody has decided yet
/// @param state `tracestate`, passed on as it is; empty for none
record TraceContext(
        long high, long low, long span, @Nullable Boolean sampled, String state) {
    private static final HexFormat HEX = HexFormat.of();
    private static final int LONGEST_STATE = 512;

    /// A trace that begins here.
    static TraceContext begin(RandomGenerator random) {
        return new TraceContext(nonzero(random), nonzero(random), 0, null, "");
    }

    static long nonzero(RandomGenerator random) {
        long drawn = random.nextLong();
        return drawn == 0 ? 1 : drawn;
    }

    /// What a request brings, W3C's before B3's; null when it brings none that is well made.
    static @Nullable TraceContext extract(HttpHeaders headers) {
        TraceContext w3c = w3c(headers.get("traceparent"), headers);
        if (w3c != null) {
            return w3c;
        }
        String single = headers.get("b3");
        if (single != null) {
            return b3(single.split("-", -1));
        }
        String trace = headers.get("x-b3-traceid");
        String span = headers.get("x-b3-spanid");
        if (trace == null || span == null) {
            return null;
        }
        String sampled = "1".equals(headers.get("x-b3-flags")) ? "d" : headers.get("x-b3-sampled");
        return sampled == null ? b3(new String[] {trace, span}) : b3(new String[] {trace, span, sampled});
    }

    private static @Nullable TraceContext w3c(@Nullable String parent, HttpHeaders headers) {
        if (parent == null || parent.length() < 55 || parent.startsWith("ff")) {
            return null;
        }
        String[] parts = parent.split("-", -1);
        boolean shaped = parts.length >= 4
                && parts[0].length() == 2
                && parts[1].length() == 32
                && parts[2].length() == 16
                && parts[3].length() == 2
                && (parts.length == 4 || !parts[0].equals("00"));
        if (!shaped || !isHex(parts[0] + parts[1] + parts[2] + parts[3])) {
            return null;
        }
        long high = HexFormat.fromHexDigitsToLong(parts[1], 0, 16);
        long low = HexFormat.fromHexDigitsToLong(parts[1], 16, 32);
        long span = HexFormat.fromHexDigitsToLong(parts[2]);
        if ((high | low) == 0 || span == 0) {
            return null;
        }
        String state = String.join(",", headers.getAll("tracestate"));
        boolean sampled = (HexFormat.fromHexDigits(parts[3]) & 1) != 0;
        return new TraceContext(high, low, span, sampled, state.length() > LONGEST_STATE ? "" : state);
    }

    /// Trace, span, and perhaps the decision: `0`, `1`, `d` or a word.
    private static @Nullable TraceContext b3(String[] parts) {
        boolean shaped = parts.length >= 2
                && (parts[0].length() == 32 || parts[0].length() == 16)
                && parts[1].length() == 16
                && isHex(parts[0] + parts[1]);
        if (!shaped) {
            return null;
        }
        boolean wide = parts[0].length() == 32;
        long high = wide ? HexFormat.fromHexDigitsToLong(parts[0], 0, 16) : 0;
        long low = HexFormat.fromHexDigitsToLong(parts[0], wide ? 16 : 0, wide ? 32 : 16);
        long span = HexFormat.fromHexDigitsToLong(parts[1]);
        Boolean sampled = parts.length < 3
                ? null
                : switch (parts[2].toLowerCase(Locale.ROOT)) {
                    case "1", "d", "true" -> Boolean.TRUE;
                    case "0", "false" -> Boolean.FALSE;
                    default -> null;
                };
        return (high | low) == 0 ? null : new TraceContext(high, low, span, sampled, "");
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /// Puts the trace into a request, with `own` as the span that sends it; B3 only where B3 came or is wanted.
    void inject(HttpHeaders headers, long own, boolean isSampled, boolean b3) {
        headers.set(
                "traceparent",
                "00-" + HEX.toHexDigits(high) + HEX.toHexDigits(low) + "-" + HEX.toHexDigits(own)
                        + (isSampled ? "-01" : "-00"));
        boolean single = headers.contains("b3");
        if (single) {
            headers.set("b3", traceId() + "-" + HEX.toHexDigits(own) + (isSampled ? "-1" : "-0"));
        }
        if (headers.contains("x-b3-traceid") || (b3 && !single)) {
            headers.set("x-b3-traceid", traceId());
            headers.set("x-b3-spanid", HEX.toHexDigits(own));
            headers.set("x-b3-sampled", isSampled ? "1" : "0");
            if (span != 0) {
                headers.set("x-b3-parentspanid", HEX.toHexDigits(span));
            }
        }
    }

    /// In hexadecimal, as short as it came.
    String traceId() {
        return (high == 0 ? "" : HEX.toHexDigits(high)) + HEX.toHexDigits(low);
    }
}
