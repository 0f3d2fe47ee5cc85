package dev.culvert.process;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which handler answers a method on a path. Filled by the assembly on one thread, then only read.
public final class Routes {
    private static final String ANY = "*";

    /// Answers a request, on a virtual thread of its own; it may wait.
    @FunctionalInterface
    public interface Handler {
        Response handle(Request request) throws Exception;
    }

    private final Map<String, Map<String, Handler>> byPath = new TreeMap<>();

    /// `method` on exactly `path`. GET answers HEAD too.
    public Routes on(String method, String path, Handler handler) {
        Map<String, Handler> methods = byPath.computeIfAbsent(path, _ -> new LinkedHashMap<>());
        if (methods.putIfAbsent(method, handler) != null) {
            throw new IllegalStateException("two handlers for " + method + " " + path);
        }
        return this;
    }

    public Routes get(String path, Handler handler) {
        return on("GET", path, handler);
    }

    public Routes post(String path, Handler handler) {
        return on("POST", path, handler);
    }

    /// Every method on exactly `path`.
    public Routes any(String path, Handler handler) {
        return on(ANY, path, handler);
    }

    /// The paths that have a handler, in order, for an index page.
    public SortedSet<String> paths() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(byPath.keySet()));
    }

    /// Answers `request`, with 404 or 405 when no route is for it.
    Response answer(Request request) throws Exception {
        Map<String, Handler> methods = byPath.get(request.path());
        if (methods == null) {
            return Response.text(404, "not found\n");
        }
        Handler handler = pick(methods, request.method());
        return handler == null ? Response.text(405, "method not allowed\n") : handler.handle(request);
    }

    private static @Nullable Handler pick(Map<String, Handler> methods, String method) {
        Handler handler = methods.get(method);
        if (handler == null && method.equals("HEAD")) {
            handler = methods.get("GET");
        }
        return handler == null ? methods.get(ANY) : handler;
    }
}
