package dev.culvert.waypoint.route;

import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.match.TextPattern;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What conditions look at in a request, each worked out once and only when asked for. Confined
/// to one decision.
final class RequestView {
    private final RequestHead head;
    private final String path;
    private @Nullable String foldedPath;
    private @Nullable Map<String, String> query;

    RequestView(RequestHead head) {
        this.head = head;
        path = head.path();
    }

    String path() {
        return path;
    }

    /// The path in lower case.
    String foldedPath() {
        String folded = foldedPath;
        if (folded == null) {
            folded = TextPattern.fold(path);
            foldedPath = folded;
        }
        return folded;
    }

    String method() {
        return head.method();
    }

    String scheme() {
        return head.scheme();
    }

    String authority() {
        return head.authority();
    }

    boolean isGrpc() {
        return head.isGrpc();
    }

    /// All values of a field as one; null when it is not there.
    ///
    /// They are joined by a comma (RFC 9110, 5.3), those of `cookie` as one field would hold them
    /// (RFC 9113, 8.2.3).
    @Nullable
    String header(String name) {
        if (name.startsWith(":") || name.equalsIgnoreCase("host")) {
            return pseudo(name);
        }
        // Not the iterator over one name's values: it goes from the last to the first.
        String first = head.headers().get(name);
        if (first == null) {
            return null;
        }
        List<String> values = head.headers().getAll(name);
        return values.size() == 1 ? first : String.join(name.equalsIgnoreCase("cookie") ? "; " : ",", values);
    }

    /// The first value of a parameter, decoded; null when it is not there.
    @Nullable
    String queryParameter(String name) {
        Map<String, String> parameters = query;
        if (parameters == null) {
            parameters = QueryParameters.parse(head.query());
            query = parameters;
        }
        return parameters.get(name);
    }

    private @Nullable String pseudo(String name) {
        return switch (TextPattern.fold(name)) {
            case "host", ":authority" -> head.authority();
            case ":method" -> head.method();
            case ":path" -> head.target();
            case ":scheme" -> head.scheme();
            default -> null;
        };
    }
}
