package dev.culvert.waypoint.policy;

import com.google.protobuf.TextFormat;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.policy.jwt.TokenCache;
import dev.culvert.waypoint.policy.path.NormalizedTarget;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request, told in a line, and what policy says of it.
public final class Ask implements PolicyObserver {
    /// When all tests happen.
    public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    /// What was observed.
    public final List<String> observed = new ArrayList<>();

    private final TokenCache tokens = new TokenCache(16);
    private final RequestHead head;
    private SpiffeId identity = SpiffeId.parse("spiffe://cluster.local/ns/shop/sa/cart");
    private String source = "10.0.0.7";
    private String destination = "10.96.0.5";
    private int port = 8080;
    private String waypoint = "trust_domain: 'cluster.local'";
    private @Nullable InternalCalls calls;

    private Ask(String method, String target) {
        head = new RequestHead(
                method,
                "http",
                "shop.example.com",
                target,
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders());
    }

    public static Ask get(String target) {
        return new Ask("GET", target);
    }

    public static Ask with(String method, String target) {
        return new Ask(method, target);
    }

    public Ask header(String name, String value) {
        head.headers().add(name, value);
        return this;
    }

    public Ask host(String authority) {
        head.authority(authority);
        return this;
    }

    public Ask as(String spiffe) {
        identity = SpiffeId.parse(spiffe);
        return this;
    }

    public Ask from(String address) {
        source = address;
        return this;
    }

    public Ask to(String address, int number) {
        destination = address;
        port = number;
        return this;
    }

    /// Settings of the waypoint, in protobuf's text form.
    public Ask at(String settings) {
        waypoint = settings;
        return this;
    }

    public Ask calling(InternalCalls answers) {
        calls = answers;
        return this;
    }

    public RequestHead head() {
        return head;
    }

    /// What the waypoint says of it under `policies`, in protobuf's text form.
    public PolicyStep under(String policies) {
        PolicyEnvironment environment = environment();
        NormalizedTarget target = environment.normalizer().normalize(head.target());
        return switch (target) {
            case NormalizedTarget.Refused refused -> new PolicyStep.Refuse(refused.reply());
            case NormalizedTarget.Accepted(String normal) -> {
                head.target(normal);
                yield PolicySet.compile(policies(policies), environment)
                        .evaluate(new PolicyRequest(client(), head, "HTTP/1.1"), runtime());
            }
        };
    }

    /// The same of a connection without HTTP from and to the same places.
    public PolicyStep connectionUnder(String policies, String serverName) {
        return PolicySet.compile(policies(policies), environment()).evaluateConnection(client(), serverName, runtime());
    }

    /// Whether the request may proceed at once.
    public boolean isAllowedUnder(String policies) {
        return under(policies) instanceof PolicyStep.Continue;
    }

    /// Whether policies that are compiled already let it pass at once.
    boolean isAllowedBy(PolicySet policies) {
        return policies.evaluate(new PolicyRequest(client(), head, "HTTP/1.1"), runtime())
                instanceof PolicyStep.Continue;
    }

    /// The refusal.
    public LocalReply refusalUnder(String policies) {
        return refusal(under(policies));
    }

    public static LocalReply refusal(PolicyStep step) {
        if (step instanceof PolicyStep.Refuse(LocalReply reply)) {
            return reply;
        }
        throw new AssertionError("expected a refusal, got " + step);
    }

    public static Admission admission(PolicyStep step) {
        if (step instanceof PolicyStep.Continue(Admission admission)) {
            return admission;
        }
        throw new AssertionError("expected an admission, got " + step);
    }

    public Client client() {
        return new Client(
                identity, new InetSocketAddress(source, 40000), new InetSocketAddress(destination, port), null);
    }

    public PolicyEnvironment environment() {
        try {
            return PolicyEnvironment.of(TextFormat.parse(waypoint, Waypoint.class));
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(waypoint, e);
        }
    }

    private PolicyRuntime runtime() {
        InternalCalls answers = calls == null
                ? request -> {
                    request.body().release();
                    throw new AssertionError("nobody was to be called");
                }
                : calls;
        return new PolicyRuntime(answers, tokens, this, () -> NOW);
    }

    public static Policies policies(String text) {
        try {
            return TextFormat.parse(text, Policies.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// A policy with one rule.
    public static String policy(String action, String rule) {
        return "authorization { namespace: 'shop' name: 'p' action: " + action + " rules { " + rule + " } }";
    }

    @Override
    public void refused(String policy, String rule) {
        observed.add("refused by " + policy);
    }

    @Override
    public void watched(Watched outcome) {
        observed.add((outcome.dryRun() ? "dry run " : "audit ") + outcome.action() + " " + outcome.policy()
                + (outcome.matched() ? " matched" : " did not match"));
    }

    @Override
    public void authorizerFailed(String provider, String why, boolean admitted) {
        observed.add(provider + " failed" + (admitted ? ", admitted" : "") + ": " + why);
    }

    @Override
    public void tokenRefused(String why) {
        observed.add("token: " + why);
    }
}
