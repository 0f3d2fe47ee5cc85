package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.RateLimit;
import dev.culvert.api.waypoint.RateLimit.Descriptor;
import dev.culvert.api.waypoint.RateLimit.Entry;
import dev.culvert.api.waypoint.RateLimit.GlobalLimit;
import dev.culvert.api.waypoint.RateLimit.LocalLimit;
import dev.culvert.api.waypoint.RateLimit.RequestMatch;
import dev.culvert.kube.resource.RateLimitPolicy;
import java.util.Locale;

/// Makes the message of a RateLimitPolicy. Pure but for the service it asks for.
public final class RateLimitMessages {
    private RateLimitMessages() {}

    /// The message of `policy`.
    ///
    /// @param route the one whose requests it is for, as in `HTTPRoute shop/split`; empty for all requests
    public static RateLimit of(RateLimitPolicy policy, String route, HostNames hosts) {
        RateLimit.Builder built = RateLimit.newBuilder()
                .setNamespace(policy.metadata().namespace())
                .setName(policy.metadata().name())
                .setRoute(route);
        policy.local().forEach(limit -> built.addLocal(local(limit)));
        if (policy.global() != null) {
            built.setGlobal(global(policy.global(), policy.metadata().namespace(), hosts));
        }
        return built.build();
    }

    private static LocalLimit local(RateLimitPolicy.LocalLimit limit) {
        LocalLimit.Builder built = LocalLimit.newBuilder()
                .setName(limit.name())
                .setMatch(match(limit.match()))
                .setRequests(limit.requests())
                .setPer(Durations.of(limit.per()))
                .setBurst(limit.burst());
        return switch (limit.key()) {
            case RateLimitPolicy.Key.None() -> built.setKey(LocalLimit.Key.NONE).build();
            case RateLimitPolicy.Key.ClientIdentity() ->
                built.setKey(LocalLimit.Key.CLIENT_IDENTITY).build();
            case RateLimitPolicy.Key.Header(String name) ->
                built.setKey(LocalLimit.Key.HEADER).setKeyHeader(name).build();
            case RateLimitPolicy.Key.RemoteAddress() ->
                built.setKey(LocalLimit.Key.REMOTE_ADDRESS).build();
        };
    }

    private static GlobalLimit global(RateLimitPolicy.GlobalLimit limit, String namespace, HostNames hosts) {
        GlobalLimit.Builder built = GlobalLimit.newBuilder()
                .setPort(limit.port())
                .setDomain(limit.domain())
                .setTimeout(Durations.of(limit.timeout()))
                .setFailOpen(limit.failOpen());
        MeshService service = hosts.find(limit.host(), namespace);
        if (service == null || service.port(limit.port()) == null) {
            built.setInvalid(
                    "there is no service " + limit.host().toLowerCase(Locale.ROOT) + " with port " + limit.port());
        } else {
            built.setCluster(service.name());
        }
        for (RateLimitPolicy.Descriptor descriptor : limit.descriptors()) {
            Descriptor.Builder message =
                    Descriptor.newBuilder().setName(descriptor.name()).setMatch(match(descriptor.match()));
            descriptor.entries().forEach(entry -> message.addEntries(entry(entry)));
            built.addDescriptors(message);
        }
        return built.build();
    }

    private static Entry entry(RateLimitPolicy.Entry entry) {
        Entry.Builder built = Entry.newBuilder().setKey(entry.key());
        return switch (entry.source()) {
            case RateLimitPolicy.Source.Value(String text) ->
                built.setValue(text).build();
            case RateLimitPolicy.Source.RequestHeader(String name) ->
                built.setRequestHeader(name).build();
            case RateLimitPolicy.Source.RemoteAddress() ->
                built.setRemoteAddress(true).build();
            case RateLimitPolicy.Source.SourcePrincipal() ->
                built.setSourcePrincipal(true).build();
            case RateLimitPolicy.Source.DestinationService() ->
                built.setDestinationService(true).build();
            case RateLimitPolicy.Source.Method() -> built.setMethod(true).build();
            case RateLimitPolicy.Source.Path() -> built.setPath(true).build();
        };
    }

    private static RequestMatch match(RateLimitPolicy.RequestMatch match) {
        return RequestMatch.newBuilder()
                .addAllMethods(match.methods())
                .setPathPrefix(match.pathPrefix())
                .setHeader(match.header())
                .setHeaderValue(match.headerValue())
                .build();
    }
}
