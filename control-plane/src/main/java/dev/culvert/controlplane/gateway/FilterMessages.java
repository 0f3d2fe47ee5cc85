package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Cors;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HeaderEdit;
import dev.culvert.api.waypoint.HeaderValue;
import dev.culvert.api.waypoint.Mirror;
import dev.culvert.api.waypoint.PathEdit;
import dev.culvert.api.waypoint.Redirect;
import dev.culvert.api.waypoint.Rewrite;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.kube.resource.RouteFilter;
import dev.culvert.kube.resource.RouteFilter.Header;
import dev.culvert.kube.resource.RouteFilter.HeaderChanges;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes the messages of the filters of the Gateway API. Pure.
final class FilterMessages {
    private static final long MILLION = 1_000_000;

    private FilterMessages() {}

    static List<Filter> of(List<RouteFilter> filters, BackendResolver backends) {
        return filters.stream().map(filter -> of(filter, backends)).toList();
    }

    private static Filter of(RouteFilter filter, BackendResolver backends) {
        Filter.Builder built = Filter.newBuilder();
        return switch (filter) {
            case RouteFilter.RequestHeaders(HeaderChanges changes) ->
                built.setRequestHeaders(headers(changes)).build();
            case RouteFilter.ResponseHeaders(HeaderChanges changes) ->
                built.setResponseHeaders(headers(changes)).build();
            case RouteFilter.Mirror mirror ->
                built.setMirror(mirror(mirror, backends)).build();
            case RouteFilter.Redirect redirect ->
                built.setRedirect(redirect(redirect)).build();
            case RouteFilter.UrlRewrite rewrite ->
                built.setRewrite(rewrite(rewrite)).build();
            case RouteFilter.Cors cors -> built.setCors(cors(cors)).build();
            case RouteFilter.ExternalAuth _ ->
                built.setUnsupported("the filter ExternalAuth is not supported; use an AuthorizationPolicy"
                                + " with the action CUSTOM")
                        .build();
            case RouteFilter.Extension extension ->
                built.setUnsupported("the filter " + extension.kind() + "." + extension.group() + " is not supported")
                        .build();
            case RouteFilter.Unsupported(String type) ->
                built.setUnsupported("the filter " + type + " is not supported here")
                        .build();
        };
    }

    static HeaderEdit headers(HeaderChanges changes) {
        HeaderEdit.Builder built = HeaderEdit.newBuilder().addAllRemove(changes.remove());
        changes.set().forEach(header -> built.addSet(header(header)));
        changes.add().forEach(header -> built.addAdd(header(header)));
        return built.build();
    }

    private static HeaderValue header(Header header) {
        return HeaderValue.newBuilder()
                .setName(header.name())
                .setValue(header.value())
                .build();
    }

    private static Mirror mirror(RouteFilter.Mirror mirror, BackendResolver backends) {
        long share = mirror.share().numerator() * MILLION / mirror.share().denominator();
        return Mirror.newBuilder()
                .setBackend(backends.resolve(mirror.backend()).backend())
                .setPerMillion((int) share)
                .build();
    }

    private static Redirect redirect(RouteFilter.Redirect redirect) {
        Redirect.Builder built = Redirect.newBuilder()
                .setScheme(redirect.scheme())
                .setHostname(redirect.hostname())
                .setPort(redirect.port())
                .setStatus(redirect.statusCode());
        PathEdit path = path(redirect.path());
        return path == null ? built.build() : built.setPath(path).build();
    }

    private static Rewrite rewrite(RouteFilter.UrlRewrite rewrite) {
        Rewrite.Builder built = Rewrite.newBuilder().setHostname(rewrite.hostname());
        PathEdit path = path(rewrite.path());
        return path == null ? built.build() : built.setPath(path).build();
    }

    static @Nullable PathEdit path(PathChange change) {
        return switch (change) {
            case PathChange.Keep() -> null;
            case PathChange.ReplaceFull(String path) ->
                PathEdit.newBuilder().setFull(path).build();
            case PathChange.ReplacePrefix(String prefix) ->
                PathEdit.newBuilder().setPrefix(prefix).build();
        };
    }

    private static Cors cors(RouteFilter.Cors cors) {
        Cors.Builder built = Cors.newBuilder()
                .addAllAllowMethods(cors.allowMethods())
                .addAllAllowHeaders(cors.allowHeaders())
                .addAllExposeHeaders(cors.exposeHeaders())
                .setMaxAge(Durations.of(cors.maxAge()))
                .setAllowCredentials(cors.allowCredentials());
        cors.allowOrigins().forEach(origin -> built.addAllowOrigins(origin(origin)));
        return built.build();
    }

    /// A `*` inside an origin stands for labels of a host name.
    private static TextMatch origin(String origin) {
        TextMatch.Builder match = TextMatch.newBuilder().setIgnoreCase(true);
        if (origin.equals("*")) {
            return match.setPresent(true).build();
        }
        int star = origin.indexOf('*');
        return star < 0
                ? match.setExact(origin).build()
                : match.setRegex(Pattern.quote(origin.substring(0, star))
                                + "[-a-zA-Z0-9.]+"
                                + Pattern.quote(origin.substring(star + 1)))
                        .build();
    }
}
