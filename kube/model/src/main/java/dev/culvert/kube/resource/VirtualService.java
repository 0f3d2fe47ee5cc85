package dev.culvert.kube.resource;

import dev.culvert.kube.resource.RouteFilter.HeaderChanges;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How the traffic to hosts is routed (networking.istio.io). Immutable.
///
/// @param hosts    as written: short names mean services of its own namespace; empty for one that others
///     delegate to
/// @param gateways `mesh` for the traffic inside the mesh; never empty
/// @param exportTo namespaces that see it, `.` for its own and `*` for all; empty for all
public record VirtualService(
        ObjectMeta metadata,
        List<String> hosts,
        List<String> gateways,
        List<String> exportTo,
        List<HttpRule> http,
        List<TlsRule> tls,
        List<TcpRule> tcp,
        List<Condition> conditions)
        implements Resource {
    public VirtualService {
        hosts = List.copyOf(hosts);
        gateways = List.copyOf(gateways);
        exportTo = List.copyOf(exportTo);
        http = List.copyOf(http);
        tls = List.copyOf(tls);
        tcp = List.copyOf(tcp);
        conditions = List.copyOf(conditions);
    }

    /// What happens to the requests of any of the `matches`.
    ///
    /// @param name    empty when it has none
    /// @param matches empty for all requests
    /// @param timeout zero for no limit; null when the manifest has none
    /// @param retries null when the manifest has none
    /// @param cors    null when the manifest has none
    public record HttpRule(
            String name,
            List<HttpMatch> matches,
            Action action,
            Rewrite rewrite,
            @Nullable Duration timeout,
            @Nullable Retries retries,
            Fault fault,
            List<Mirror> mirrors,
            @Nullable Cors cors,
            HeaderRules headers) {
        public HttpRule {
            matches = List.copyOf(matches);
            mirrors = List.copyOf(mirrors);
        }
    }

    /// What a request must be; all parts must hold.
    ///
    /// @param name            empty when it has none
    /// @param uri             and `scheme`, `method`, `authority`: null for any
    /// @param headers         by name, as `withoutHeaders`, which must not match
    /// @param sourceLabels    those that the client's workload must have
    /// @param gateways        empty for those of the whole
    /// @param sourceNamespace empty for any
    /// @param port            0 for any
    public record HttpMatch(
            String name,
            @Nullable TextMatch uri,
            boolean ignoreUriCase,
            @Nullable TextMatch scheme,
            @Nullable TextMatch method,
            @Nullable TextMatch authority,
            Map<String, TextMatch> headers,
            Map<String, TextMatch> withoutHeaders,
            Map<String, TextMatch> queryParams,
            int port,
            Map<String, String> sourceLabels,
            String sourceNamespace,
            List<String> gateways) {
        public HttpMatch {
            headers = Map.copyOf(headers);
            withoutHeaders = Map.copyOf(withoutHeaders);
            queryParams = Map.copyOf(queryParams);
            sourceLabels = Map.copyOf(sourceLabels);
            gateways = List.copyOf(gateways);
        }
    }

    /// What a rule does.
    public sealed interface Action {
        /// Sends the request on.
        record Forward(List<Target> targets) implements Action {
            public Forward {
                targets = List.copyOf(targets);
            }
        }

        /// Answers with a redirect.
        ///
        /// @param authority empty for that of the request
        /// @param scheme    empty for that of the request
        record Redirect(String scheme, String authority, RedirectPort port, PathChange path, int statusCode)
                implements Action {}

        /// Answers itself.
        record Respond(int statusCode, Body body) implements Action {}

        /// Leaves the choice to another VirtualService, one without hosts.
        record Delegate(String namespace, String name) implements Action {}
    }

    /// The port of a redirect.
    public sealed interface RedirectPort {
        /// The default port of the scheme.
        record OfScheme() implements RedirectPort {}

        /// That of the request.
        record OfRequest() implements RedirectPort {}

        /// This one; it is told even when it is the default one.
        record Fixed(int port) implements RedirectPort {}
    }

    /// The body of an answer.
    public sealed interface Body {
        /// Text, which may be empty.
        record Text(String text) implements Body {}

        /// Bytes in base64, as written.
        record Base64(String encoded) implements Body {}
    }

    /// Where traffic goes.
    ///
    /// @param subset empty for the whole service
    /// @param port   0 for the only port of the service
    public record Destination(String host, String subset, int port) {}

    /// A destination and its share of the traffic.
    public record Target(Destination destination, int weight, HeaderRules headers) {}

    /// Headers that are changed on the way there and on the way back.
    public record HeaderRules(HeaderChanges request, HeaderChanges response) {
        static final HeaderRules NONE = new HeaderRules(
                new HeaderChanges(List.of(), List.of(), List.of()), new HeaderChanges(List.of(), List.of(), List.of()));

        /// Whether nothing changes.
        public boolean isEmpty() {
            return request.isEmpty() && response.isEmpty();
        }
    }

    /// What becomes of host and path on the way there.
    ///
    /// @param authority empty for that of the request
    public record Rewrite(String authority, UriRewrite uri) {}

    /// What becomes of the path.
    public sealed interface UriRewrite {
        /// It stays.
        record Keep() implements UriRewrite {}

        /// What matched is replaced: the prefix of a prefix match, else all.
        record Matched(String replacement) implements UriRewrite {}

        /// What the RE2 expression matches is replaced.
        record Regex(String pattern, String substitution) implements UriRewrite {}
    }

    /// When a request is tried again.
    ///
    /// @param attempts              retries after the first try; 0 for none
    /// @param perTryTimeout         null for the rest of the whole timeout
    /// @param retryOn               conditions and status codes, as written; empty for the mesh's default
    /// @param backoff               null for the mesh's default
    /// @param remoteLocalities      whether retries go to other localities; null for the mesh's default
    /// @param ignorePreviousTargets whether retries avoid endpoints that failed; null for the mesh's default
    public record Retries(
            int attempts,
            @Nullable Duration perTryTimeout,
            List<String> retryOn,
            @Nullable Duration backoff,
            @Nullable Boolean remoteLocalities,
            @Nullable Boolean ignorePreviousTargets) {
        public Retries {
            retryOn = List.copyOf(retryOn);
        }
    }

    /// Failures that are made on purpose; null for none.
    public record Fault(@Nullable Delay delay, @Nullable Abort abort) {}

    /// So many percent of the requests wait.
    public record Delay(Duration duration, double percent) {}

    /// So many percent of the requests fail.
    ///
    /// @param httpStatus 0 when the status is one of gRPC
    /// @param grpcStatus as written, `UNAVAILABLE` or `14`; empty when the status is one of HTTP
    public record Abort(int httpStatus, String grpcStatus, double percent) {}

    /// So many percent of the requests are sent to the destination too.
    public record Mirror(Destination destination, double percent) {}

    /// How cross-origin requests of browsers are answered.
    ///
    /// @param maxAge               null when the manifest has none
    /// @param forwardsUnmatched    whether preflight requests of other origins go to the backend
    public record Cors(
            List<TextMatch> allowOrigins,
            List<String> allowMethods,
            List<String> allowHeaders,
            List<String> exposeHeaders,
            @Nullable Duration maxAge,
            boolean allowCredentials,
            boolean forwardsUnmatched) {
        public Cors {
            allowOrigins = List.copyOf(allowOrigins);
            allowMethods = List.copyOf(allowMethods);
            allowHeaders = List.copyOf(allowHeaders);
            exposeHeaders = List.copyOf(exposeHeaders);
        }
    }

    /// Where connections of any of the `matches` go.
    ///
    /// @param matches never empty
    public record TlsRule(List<TlsMatch> matches, List<Target> targets) {
        public TlsRule {
            matches = List.copyOf(matches);
            targets = List.copyOf(targets);
        }
    }

    /// What a TLS connection must be; all parts must hold.
    ///
    /// @param sniHosts any of them, possibly with `*` in front
    public record TlsMatch(List<String> sniHosts, TcpMatch connection) {
        public TlsMatch {
            sniHosts = List.copyOf(sniHosts);
        }
    }

    /// Where connections of any of the `matches` go.
    ///
    /// @param matches empty for all connections
    public record TcpRule(List<TcpMatch> matches, List<Target> targets) {
        public TcpRule {
            matches = List.copyOf(matches);
            targets = List.copyOf(targets);
        }
    }

    /// What a connection must be; all parts must hold.
    ///
    /// @param destinationSubnets any of them; empty for any at all
    /// @param port               0 for any
    /// @param sourceLabels       those that the client's workload must have
    /// @param sourceNamespace    empty for any
    /// @param gateways           empty for those of the whole
    public record TcpMatch(
            List<String> destinationSubnets,
            int port,
            Map<String, String> sourceLabels,
            String sourceNamespace,
            List<String> gateways) {
        public TcpMatch {
            destinationSubnets = List.copyOf(destinationSubnets);
            sourceLabels = Map.copyOf(sourceLabels);
            gateways = List.copyOf(gateways);
        }
    }
}
