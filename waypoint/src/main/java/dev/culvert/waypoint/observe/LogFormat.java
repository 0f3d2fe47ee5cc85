package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a line of the access log is made, in Envoy's format language: text, or a JSON object. Immutable.
///
/// A line is always one line: control characters that a client put into a field are escaped.
public final class LogFormat {
    /// Istio's default line.
    public static final String DEFAULT_TEXT =
            "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE%"
                    + " %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%"
                    + " \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
                    + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\""
                    + " \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER%"
                    + " %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS%"
                    + " %REQUESTED_SERVER_NAME% %ROUTE_NAME%";

    /// Istio's default object.
    public static final Map<String, String> DEFAULT_JSON = Map.ofEntries(
            Map.entry("start_time", "%START_TIME%"),
            Map.entry("route_name", "%ROUTE_NAME%"),
            Map.entry("method", "%REQ(:METHOD)%"),
            Map.entry("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
            Map.entry("protocol", "%PROTOCOL%"),
            Map.entry("response_code", "%RESPONSE_CODE%"),
            Map.entry("response_flags", "%RESPONSE_FLAGS%"),
            Map.entry("response_code_details", "%RESPONSE_CODE_DETAILS%"),
            Map.entry("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%"),
            Map.entry("bytes_received", "%BYTES_RECEIVED%"),
            Map.entry("bytes_sent", "%BYTES_SENT%"),
            Map.entry("duration", "%DURATION%"),
            Map.entry("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
            Map.entry("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
            Map.entry("user_agent", "%REQ(USER-AGENT)%"),
            Map.entry("request_id", "%REQ(X-REQUEST-ID)%"),
            Map.entry("authority", "%REQ(:AUTHORITY)%"),
            Map.entry("upstream_host", "%UPSTREAM_HOST%"),
            Map.entry("upstream_cluster", "%UPSTREAM_CLUSTER%"),
            Map.entry("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
            Map.entry("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
            Map.entry("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
            Map.entry("requested_server_name", "%REQUESTED_SERVER_NAME%"),
            Map.entry("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"));

    private static final Pattern OPERATOR =
            Pattern.compile("%(?:%|([A-Za-z0-9_]+)(?:\\(((?:[^()%]|%[^()%])*)\\))?(?::([0-9]{1,6}))?%)");
    private static final int LONGEST_VALUE = 16 * 1024;

    private sealed interface Part {
        record Literal(String text) implements Part {}

        record Operator(LogOperator operator, int limit) implements Part {}
    }

    private final Map<String, List<Part>> members;
    private final List<Part> line;
    private final List<String> problems;

    private LogFormat(List<Part> line, Map<String, List<Part>> members, List<String> problems) {
        this.line = line;
        this.members = members;
        this.problems = List.copyOf(problems);
    }

    /// A format as text; empty for Istio's default.
    public static LogFormat text(String format) {
        List<String> problems = new ArrayList<>();
        String whole = format.isEmpty() ? DEFAULT_TEXT : format;
        return new LogFormat(parse(whole.stripTrailing(), problems), Map.of(), problems);
    }

    /// A format as an object; empty for Istio's default.
    public static LogFormat json(Map<String, String> format) {
        List<String> problems = new ArrayList<>();
        Map<String, List<Part>> members = new TreeMap<>();
        (format.isEmpty() ? DEFAULT_JSON : format).forEach((name, value) -> members.put(name, parse(value, problems)));
        return new LogFormat(List.of(), members, problems);
    }

    /// Operators that are not known; each gives `-`.
    public List<String> problems() {
        return problems;
    }

    private static List<Part> parse(String format, List<String> problems) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = OPERATOR.matcher(format);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                parts.add(new Part.Literal(format.substring(end, matcher.start())));
            }
            end = matcher.end();
            if (matcher.group(1) == null) {
                parts.add(new Part.Literal("%"));
                continue;
            }
            String argument = matcher.group(2) == null ? "" : matcher.group(2);
            LogOperator operator = LogOperator.of(matcher.group(1).toUpperCase(Locale.ROOT), argument);
            if (operator == null) {
                problems.add("no operator " + matcher.group());
                operator = new LogOperator(_ -> null, false);
            }
            int limit = matcher.group(3) == null ? LONGEST_VALUE : Integer.parseInt(matcher.group(3));
            parts.add(new Part.Operator(operator, limit));
        }
        if (end < format.length()) {
            parts.add(new Part.Literal(format.substring(end)));
        }
        return List.copyOf(parts);
    }

    /// The line of an exchange, without its end.
    public String line(ExchangeRecord exchange) {
        StringBuilder out = new StringBuilder(512);
        if (members.isEmpty()) {
            line.forEach(part -> out.append(text(part, exchange, "-")));
            return escaped(out);
        }
        out.append('{');
        members.forEach((name, parts) -> {
            out.append(out.length() == 1 ? "" : ",");
            JsonText.append(out, name);
            out.append(':');
            member(out, parts, exchange);
        });
        return out.append('}').toString();
    }

    /// An operator by itself keeps its type, and what is not there is null.
    private static void member(StringBuilder out, List<Part> parts, ExchangeRecord exchange) {
        if (parts.size() == 1 && parts.getFirst() instanceof Part.Operator(LogOperator operator, int limit)) {
            String value = operator.value().apply(exchange);
            if (value == null) {
                out.append("null");
            } else if (operator.number()) {
                out.append(value);
            } else {
                JsonText.append(out, cut(value, limit));
            }
            return;
        }
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(text(part, exchange, "-")));
        JsonText.append(out, text.toString());
    }

    private static String text(Part part, ExchangeRecord exchange, String nothing) {
        return switch (part) {
            case Part.Literal(String text) -> text;
            case Part.Operator(LogOperator operator, int limit) -> {
                @Nullable String value = operator.value().apply(exchange);
                yield value == null ? nothing : cut(value, limit);
            }
        };
    }

    private static String cut(String value, int limit) {
        return value.length() <= limit ? value : value.substring(0, limit);
    }

    private static String escaped(StringBuilder line) {
        for (int i = 0; i < line.length(); i++) {
            char each = line.charAt(i);
            if (each < ' ' || each == 0x7f) {
                String escape = String.format(Locale.ROOT, "\\x%02x", (int) each);
                line.replace(i, i + 1, escape);
                i += escape.length() - 1;
            }
        }
        return line.toString();
    }
}
