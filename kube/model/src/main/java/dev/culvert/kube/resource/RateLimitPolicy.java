package dev.culvert.kube.resource;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many requests services and routes take (culvert.dev). Immutable.
///
/// @param targetRefs what it is attached to: services, Gateways and HTTPRoutes of its namespace; never empty
/// @param local      limits that each waypoint counts for itself; a request must be within all
/// @param global     limits that a service counts for all waypoints; null for none
public record RateLimitPolicy(
        ObjectMeta metadata,
        List<TargetRef> targetRefs,
        List<LocalLimit> local,
        @Nullable GlobalLimit global,
        List<Condition> conditions)
        implements Resource {
    public RateLimitPolicy {
        targetRefs = List.copyOf(targetRefs);
        local = List.copyOf(local);
        conditions = List.copyOf(conditions);
    }

    /// Which requests a limit is for; all parts must hold.
    ///
    /// @param methods     any of them; empty for any at all
    /// @param pathPrefix  whole segments; empty for any path
    /// @param header      one that must be there; empty for none
    /// @param headerValue what it must be; empty for anything
    public record RequestMatch(List<String> methods, String pathPrefix, String header, String headerValue) {
        public static final RequestMatch ANY = new RequestMatch(List.of(), "", "", "");

        public RequestMatch {
            methods = List.copyOf(methods);
        }
    }

    /// So many requests in such a time, and so many at once.
    ///
    /// @param burst how many may come at once after a pause
    public record LocalLimit(String name, RequestMatch match, int requests, Duration per, int burst, Key key) {}

    /// What requests are counted by, each value for itself.
    public sealed interface Key {
        /// All together.
        record None() implements Key {}

        /// The SPIFFE identity of the client.
        record ClientIdentity() implements Key {}

        /// A header; requests without it are counted together.
        record Header(String name) implements Key {}

        /// The client's address.
        record RemoteAddress() implements Key {}
    }

    /// A service that counts, by Envoy's rate-limit protocol.
    ///
    /// @param host     a service of the mesh, as written
    /// @param failOpen whether requests pass while it does not answer
    public record GlobalLimit(
            String host, int port, String domain, Duration timeout, boolean failOpen, List<Descriptor> descriptors) {
        public GlobalLimit {
            descriptors = List.copyOf(descriptors);
        }
    }

    /// What the service is told of a request. A request that lacks the value of an entry has no such descriptor.
    public record Descriptor(String name, RequestMatch match, List<Entry> entries) {
        public Descriptor {
            entries = List.copyOf(entries);
        }
    }

    /// One pair of a descriptor.
    public record Entry(String key, Source source) {}

    /// Where the value of a pair comes from.
    public sealed interface Source {
        /// From the manifest.
        record Value(String text) implements Source {}

        /// From a header of the request.
        record RequestHeader(String name) implements Source {}

        /// The client's address.
        record RemoteAddress() implements Source {}

        /// The client's SPIFFE identity.
        record SourcePrincipal() implements Source {}

        /// The host of the service that was called.
        record DestinationService() implements Source {}

        /// The method.
        record Method() implements Source {}

        /// The path, without its query.
        record Path() implements Source {}
    }
}
