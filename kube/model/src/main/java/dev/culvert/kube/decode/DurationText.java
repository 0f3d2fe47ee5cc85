package dev.culvert.kube.decode;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations as manifests write them: numbers with units, one after the other, as in `1h30m` or `1.5s`. Pure.
final class DurationText {
    private static final Pattern PART = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?)(h|ms|m|s|us|µs|ns)");
    private static final Pattern STRICT = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");
    private static final Map<String, Long> NANOS = Map.of(
            "h",
            3_600_000_000_000L,
            "m",
            60_000_000_000L,
            "s",
            1_000_000_000L,
            "ms",
            1_000_000L,
            "us",
            1_000L,
            "µs",
            1_000L,
            "ns",
            1L);

    private DurationText() {}

    /// The duration, or null when `text` is none.
    static @Nullable Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = PART.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            long unit = NANOS.getOrDefault(part.group(2), 0L);
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            end = part.end();
        }
        boolean whole = end == text.length() && end > 0;
        return whole && nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0
                ? Duration.ofNanos(nanos.longValue())
                : null;
    }

    /// The same for the Gateway API's narrower form (GEP-2257): at most four whole numbers of five digits.
    static @Nullable Duration parseStrict(String text) {
        return STRICT.matcher(text).matches() ? parse(text) : null;
    }
}
