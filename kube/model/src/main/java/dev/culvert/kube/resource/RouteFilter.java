package dev.culvert.kube.resource;

import java.time.Duration;
import java.util.List;

/// Something that is done to each request of a route's rule, or of one of its backends. Immutable.
///
/// A filter that nobody here knows is kept as [Unsupported], because a rule with it must answer an error
/// and must not go on without it.
public sealed interface RouteFilter {
    /// Changes the headers of the request.
    record RequestHeaders(HeaderChanges changes) implements RouteFilter {}

    /// Changes the headers of the response.
    record ResponseHeaders(HeaderChanges changes) implements RouteFilter {}

    /// Sends a copy of a share of the requests elsewhere.
    record Mirror(BackendRef backend, Share share) implements RouteFilter {}

    /// Answers with a redirect.
    ///
    /// @param scheme     `http`, `https`, or empty for that of the request
    /// @param hostname   empty for that of the request
    /// @param port       0 for what scheme and request give
    /// @param statusCode 301, 302, 303, 307 or 308
    record Redirect(String scheme, String hostname, PathChange path, int port, int statusCode) implements RouteFilter {}

    /// Sends the request on with another host or path.
    ///
    /// @param hostname empty for that of the request
    record UrlRewrite(String hostname, PathChange path) implements RouteFilter {}

    /// Answers cross-origin requests of browsers.
    ///
    /// @param allowOrigins  origins such as `https://*.example.com`, or `*` alone
    /// @param allowMethods  upper-case methods, or `*` alone
    /// @param allowHeaders  names, or `*` alone
    /// @param exposeHeaders names, or `*`
    record Cors(
            List<String> allowOrigins,
            boolean allowCredentials,
            List<String> allowMethods,
            List<String> allowHeaders,
            List<String> exposeHeaders,
            Duration maxAge)
            implements RouteFilter {
        public Cors {
            allowOrigins = List.copyOf(allowOrigins);
            allowMethods = List.copyOf(allowMethods);
            allowHeaders = List.copyOf(allowHeaders);
            exposeHeaders = List.copyOf(exposeHeaders);
        }
    }

    /// Asks a service whether the request may pass.
    ///
    /// @param path                   what is put before the path of a check over HTTP; else empty
    /// @param allowedHeaders         request headers that the service sees; empty for all of a check over gRPC
    /// @param allowedResponseHeaders headers of its answer that go upstream; empty for all
    /// @param maxBodyBytes           how much of the body it sees
    record ExternalAuth(
            Protocol protocol,
            BackendRef backend,
            String path,
            List<String> allowedHeaders,
            List<String> allowedResponseHeaders,
            int maxBodyBytes)
            implements RouteFilter {
        public ExternalAuth {
            allowedHeaders = List.copyOf(allowedHeaders);
            allowedResponseHeaders = List.copyOf(allowedResponseHeaders);
        }

        /// How the service is asked.
        public enum Protocol {
            HTTP,
            GRPC
        }
    }

    /// A filter of an implementation's own.
    record Extension(String group, String kind, String name) implements RouteFilter {}

    /// A type of filter that is not known here, or not for this kind of route.
    record Unsupported(String type) implements RouteFilter {}

    /// Headers to set, to add, and to remove, in this order. Names are as written.
    record HeaderChanges(List<Header> set, List<Header> add, List<String> remove) {
        public HeaderChanges {
            set = List.copyOf(set);
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }

        /// Whether nothing changes.
        public boolean isEmpty() {
            return set.isEmpty() && add.isEmpty() && remove.isEmpty();
        }
    }

    /// One header.
    record Header(String name, String value) {}

    /// So many of so many.
    record Share(int numerator, int denominator) {
        public static final Share ALL = new Share(1, 1);
    }

    /// What becomes of the path.
    sealed interface PathChange {
        /// It stays.
        record Keep() implements PathChange {}

        /// All of it is replaced.
        record ReplaceFull(String path) implements PathChange {}

        /// The prefix that matched is replaced.
        record ReplacePrefix(String prefix) implements PathChange {}
    }
}
