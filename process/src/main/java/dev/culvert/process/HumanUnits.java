package dev.culvert.process;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Durations and sizes as people write them. Immutable; any thread.
public final class HumanUnits {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ns|us|µs|ms|s|sec|m|min|h|d)\\s*");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*([a-z]*)");

    private HumanUnits() {}

    /// One or more of a number with a unit (`ns us ms s m h d`), added up; null when it is not of that form.
    public static @Nullable Duration parseDuration(String text) {
        String rest = text.strip();
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = DURATION.matcher(rest);
        Duration sum = Duration.ZERO;
        int at = 0;
        while (at < rest.length()) {
            if (!part.find() || part.start() != at) {
                return null;
            }
            Duration value = unit(part.group(2), Long.parseLong(part.group(1)));
            if (value == null) {
                return null;
            }
            sum = sum.plus(value);
            at = part.end();
        }
        return at == 0 ? null : sum;
    }

    /// A number of bytes, or with a unit: `k m g` and `KiB MiB GiB` are powers of 1024, `kb mb gb` of 1000.
    public static @Nullable Long parseBytes(String text) {
        Matcher whole = BYTES.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!whole.matches()) {
            return null;
        }
        long unit = switch (whole.group(2)) {
            case "", "b" -> 1L;
            case "k", "ki", "kib" -> 1L << 10;
            case "m", "mi", "mib" -> 1L << 20;
            case "g", "gi", "gib" -> 1L << 30;
            case "kb" -> 1_000L;
            case "mb" -> 1_000_000L;
            case "gb" -> 1_000_000_000L;
            default -> 0L;
        };
        long number = Long.parseLong(whole.group(1));
        return unit == 0 || number > Long.MAX_VALUE / unit ? null : Long.valueOf(number * unit);
    }

    private static @Nullable Duration unit(String unit, long number) {
        try {
            return switch (unit) {
                case "ns" -> Duration.ofNanos(number);
                case "us", "µs" -> Duration.ofNanos(Math.multiplyExact(number, 1_000L));
                case "ms" -> Duration.ofMillis(number);
                case "s", "sec" -> Duration.ofSeconds(number);
                case "m", "min" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                default -> null;
            };
        } catch (ArithmeticException _) {
            return null;
        }
    }
}
