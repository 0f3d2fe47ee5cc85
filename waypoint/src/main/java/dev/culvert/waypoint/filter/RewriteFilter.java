package dev.culvert.waypoint.filter;

import dev.culvert.api.waypoint.Rewrite;
import dev.culvert.waypoint.exchange.RequestHead;

/// Gives the request another host or path (HTTPURLRewriteFilter of Gateway API). Immutable.
///
/// @param hostname empty to leave it
record RewriteFilter(String hostname, PathChange path) implements Filter {
    /// Where the access log, and backends of Envoy, look for the path as the client wrote it.
    private static final String ORIGINAL_PATH = "x-envoy-original-path";

    static RewriteFilter compile(Rewrite rewrite) throws InvalidFilter {
        FieldNames.requireVisible("hostname", rewrite.getHostname());
        return new RewriteFilter(rewrite.getHostname(), PathChange.compile(rewrite.getPath()));
    }

    void apply(RequestHead head, FilterContext context) {
        if (!hostname.isEmpty()) {
            head.authority(hostname);
        }
        if (path == PathChange.Keep.KEEP || !head.target().startsWith("/")) {
            return;
        }
        String before = head.target();
        String after = path.target(before, context.path());
        if (!after.equals(before)) {
            head.target(after);
            head.headers().set(ORIGINAL_PATH, before);
        }
    }
}
