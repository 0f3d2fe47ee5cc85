package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Cors;
import dev.culvert.api.waypoint.Fault;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.PathEdit;
import dev.culvert.api.waypoint.RegexEdit;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.api.waypoint.Rewrite;
import dev.culvert.controlplane.config.RetryWords;
import dev.culvert.kube.resource.VirtualService;
import dev.culvert.kube.resource.VirtualService.UriRewrite;
import java.util.ArrayList;
import java.util.List;

/// Makes what rules of VirtualServices do besides choosing a backend. Pure.
final class VirtualFilters {
    private static final double PER_PERCENT = 10_000;
    /// By their numbers (gRPC's `google.rpc.Code`).
    private static final List<String> GRPC_STATUSES = List.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");
    private static final int UNKNOWN = 2;

    private VirtualFilters() {}

    static int perMillion(double percent) {
        return (int) Math.round(percent * PER_PERCENT);
    }

    static List<Filter> headers(VirtualService.HeaderRules rules) {
        List<Filter> filters = new ArrayList<>();
        if (!rules.request().isEmpty()) {
            filters.add(Filter.newBuilder()
                    .setRequestHeaders(FilterMessages.headers(rules.request()))
                    .build());
        }
        if (!rules.response().isEmpty()) {
            filters.add(Filter.newBuilder()
                    .setResponseHeaders(FilterMessages.headers(rules.response()))
                    .build());
        }
        return filters;
    }

    /// Nothing when host and path stay.
    static List<Filter> rewrite(VirtualService.HttpRule rule) {
        Rewrite.Builder built = Rewrite.newBuilder().setHostname(rule.rewrite().authority());
        switch (rule.rewrite().uri()) {
            case UriRewrite.Keep() -> {}
            case UriRewrite.Matched(String replacement) ->
                built.setPath(PathEdit.newBuilder().setPrefix(replacement));
            case UriRewrite.Regex(String pattern, String substitution) ->
                built.setPath(PathEdit.newBuilder()
                        .setRegex(RegexEdit.newBuilder().setPattern(pattern).setSubstitution(substitution)));
        }
        return built.getHostname().isEmpty() && !built.hasPath()
                ? List.of()
                : List.of(Filter.newBuilder().setRewrite(built).build());
    }

    static Cors cors(VirtualService.Cors cors) {
        Cors.Builder built = Cors.newBuilder()
                .addAllAllowMethods(cors.allowMethods())
                .addAllAllowHeaders(cors.allowHeaders())
                .addAllExposeHeaders(cors.exposeHeaders())
                .setAllowCredentials(cors.allowCredentials())
                .setForwardUnmatchedPreflights(cors.forwardsUnmatched());
        cors.allowOrigins().forEach(origin -> built.addAllowOrigins(VirtualMatches.text(origin)));
        if (cors.maxAge() != null) {
            built.setMaxAge(Durations.of(cors.maxAge()));
        }
        return built.build();
    }

    static RetryPolicy retry(VirtualService.Retries retries) {
        RetryPolicy.Builder built = RetryPolicy.newBuilder().setAttempts(retries.attempts());
        RetryWords.add(built, retries.retryOn());
        if (retries.perTryTimeout() != null) {
            built.setPerTryTimeout(Durations.of(retries.perTryTimeout()));
        }
        if (retries.backoff() != null) {
            built.setBackoff(Durations.of(retries.backoff()));
        }
        return built.build();
    }

    static HttpRule.Builder withFault(HttpRule.Builder rule, VirtualService.Fault fault) {
        if (fault.delay() == null && fault.abort() == null) {
            return rule;
        }
        Fault.Builder built = Fault.newBuilder();
        if (fault.delay() != null) {
            built.setDelay(Fault.Delay.newBuilder()
                    .setFixed(Durations.of(fault.delay().duration()))
                    .setPerMillion(perMillion(fault.delay().percent())));
        }
        if (fault.abort() != null) {
            String grpc = fault.abort().grpcStatus();
            built.setAbort(Fault.Abort.newBuilder()
                    .setHttpStatus(fault.abort().httpStatus())
                    .setGrpc(!grpc.isEmpty())
                    .setGrpcStatus(grpc.isEmpty() ? 0 : grpcStatus(grpc))
                    .setPerMillion(perMillion(fault.abort().percent())));
        }
        return rule.setFault(built);
    }

    private static int grpcStatus(String status) {
        if (status.matches("[0-9]{1,2}")) {
            return Integer.parseInt(status);
        }
        int number = GRPC_STATUSES.indexOf(status);
        return number < 0 ? UNKNOWN : number;
    }
}
