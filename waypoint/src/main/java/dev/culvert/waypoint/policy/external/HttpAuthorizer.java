package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// An authorizer that is sent the head of the request as a request of its own.
///
/// Immutable. A 200 is a yes, what begins with 5 is a failure of the authorizer, all else is a
/// no that the client
/// gets to see. Of the request's fields it gets `host`, `authorization` and those that the
/// provider lists, each with
/// all of its values.
///
/// @param pathPrefix before the path of the request
/// @param included fields of the request that it is sent, too
/// @param additional fields that it is sent, in place of the request's
public record HttpAuthorizer(
        ProviderSettings settings,
        String pathPrefix,
        NamePattern included,
        Map<String, String> additional,
        Forwarded forwarded)
        implements Authorizer {
    private static final Set<String> ALWAYS_TO_CLIENT = Set.of("www-authenticate", "location");
    private static final String TO_REMOVE = "x-envoy-auth-headers-to-remove";

    public HttpAuthorizer {
        additional = Map.copyOf(additional);
    }

    /// Which fields of the answer go on.
    ///
    /// @param toBackend into the request, in place of the client's, when it is a yes
    /// @param toClient into the response, when it is a yes
    /// @param toDenied into the refusal; empty for all of them
    record Forwarded(NamePattern toBackend, NamePattern toClient, NamePattern toDenied) {}

    @Override
    public int bodyBytes() {
        return settings.bodyBytes();
    }

    @Override
    public boolean partialBody() {
        return settings.partialBody();
    }

    @Override
    public CompletionStage<CheckResult> check(CheckSubject subject, InternalCalls calls) {
        return settings.send(calls, false, request(subject), subject.body(), this::read);
    }

    @Override
    public CompletionStage<CheckResult> checkConnection(CheckSubject.Connection subject, InternalCalls calls) {
        // Not even one that fails open is asked what it cannot be told.
        return CompletableFuture.completedFuture(
                new FailureMode(false, FailureMode.DEFAULT_STATUS).failed("it judges HTTP alone"));
    }

    private RequestHead request(CheckSubject subject) {
        RequestHead head = subject.head();
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        for (Map.Entry<String, String> field : head.headers()) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            boolean wanted = name.equals("authorization") || included.matches(name);
            if (wanted && SafeField.isEndToEnd(name) && !name.equals(ProviderSettings.PARTIAL_BODY)) {
                headers.add(name, field.getValue());
            }
        }
        if (settings.bodyBytes() > 0) {
            headers.set(ProviderSettings.PARTIAL_BODY, String.valueOf(!subject.wholeBody()));
        }
        additional.forEach((name, value) -> {
            if (SafeField.isSafe(name, value)) {
                headers.set(name, value);
            }
        });
        headers.set("content-length", String.valueOf(subject.body().length()));
        return new RequestHead(head.method(), head.scheme(), head.authority(), pathPrefix + head.target(), headers);
    }

    private CheckResult read(InternalCalls.Reply reply) {
        int status = reply.head().status();
        HttpHeaders headers = reply.head().headers();
        if (status >= 500) {
            return settings.onFailure().failed("it answered with status " + status);
        }
        if (status != 200) {
            return new CheckResult.Denied(
                    new LocalReply(status, toDenied(headers), reply.body(), "UAEX", "ext_authz_denied"));
        }
        List<HeaderChange> changes = changes(headers, forwarded.toBackend());
        for (String line : headers.getAll(TO_REMOVE)) {
            for (String name : line.split(",", -1)) {
                if (SafeField.isChangeable(name.strip())) {
                    changes.add(new HeaderChange(
                            HeaderChange.Kind.REMOVE, name.strip().toLowerCase(Locale.ROOT), ""));
                }
            }
        }
        return new CheckResult.Allowed(
                changes,
                changes(headers, forwarded.toClient()),
                QueryChange.NONE,
                settings.routeAgain() && !changes.isEmpty());
    }

    /// The first value of a field replaces what is there; the others are added.
    private static List<HeaderChange> changes(HttpHeaders headers, NamePattern wanted) {
        List<HeaderChange> changes = new ArrayList<>();
        for (String name : headers.names()) {
            String lower = name.toLowerCase(Locale.ROOT);
            HeaderChange.Kind kind = HeaderChange.Kind.SET;
            for (String value : wanted.matches(lower) ? headers.getAll(name) : List.<String>of()) {
                if (SafeField.isSafe(lower, value)) {
                    changes.add(new HeaderChange(kind, lower, value));
                    kind = HeaderChange.Kind.ADD;
                }
            }
        }
        return changes;
    }

    private List<Map.Entry<String, String>> toDenied(HttpHeaders headers) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : headers) {
            String name = field.getKey().toLowerCase(Locale.ROOT);
            boolean wanted = forwarded.toDenied().isEmpty()
                    || ALWAYS_TO_CLIENT.contains(name)
                    || forwarded.toDenied().matches(name);
            if (wanted && SafeField.isSafe(name, field.getValue())) {
                fields.add(Map.entry(name, field.getValue()));
            }
        }
        return fields;
    }
}
