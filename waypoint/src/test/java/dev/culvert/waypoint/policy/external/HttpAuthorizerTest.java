package dev.culvert.waypoint.policy.external;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Calls of ext_authz by HTTP: what the authorizer gets to see, and what is made of its answer.
final class HttpAuthorizerTest {
    private static final ExtAuthz.Builder PROVIDER = ExtAuthz.newBuilder()
            .setName("ext")
            .setCluster("auth/auth.example")
            .setPort(80)
            .setPathPrefix("/check")
            .addIncludeRequestHeaders("X-One")
            .addIncludeRequestHeaders("x-pre-*")
            .addIncludeRequestHeaders("*-post")
            .putIncludeAdditionalHeaders("x-from", "mesh")
            .addHeadersToUpstreamOnAllow("x-user*")
            .addHeadersToDownstreamOnAllow("set-cookie")
            .addHeadersToDownstreamOnDeny("x-why");

    private final RequestHead head = new RequestHead(
            "PUT",
            "http",
            "shop.example.com",
            "/a?b=c",
            DefaultHttpHeadersFactory.headersFactory().newHeaders());
    private final AtomicReference<RequestHead> asked = new AtomicReference<>();

    private CheckResult check(ExtAuthz.Builder provider, int status, String... fields) {
        InternalCalls calls = call -> {
            assertThat(call.to().http2()).isFalse();
            asked.set(call.head());
            call.body().release();
            HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            HttpHeaders trailers = DefaultHttpHeadersFactory.trailersFactory().newHeaders();
            return CompletableFuture.completedFuture(
                    new InternalCalls.Reply(new ResponseHead(status, headers), Bytes.of("why"), trailers));
        };
        Client client = new Client(
                SpiffeId.parse("spiffe://td/ns/shop/sa/cart"),
                new InetSocketAddress("10.0.0.7", 4000),
                new InetSocketAddress("10.96.0.5", 80),
                null);
        CheckSubject subject = new CheckSubject(client, head, "HTTP/1.1", Bytes.EMPTY, true, Instant.EPOCH);
        return AuthorizerCompiler.compile(provider.build())
                .check(subject, calls)
                .toCompletableFuture()
                .join();
    }

    @Test
    void seesTheHeadAndTheFieldsThatAreListed() {
        head.headers()
                .add("Authorization", "Bearer x")
                .add("x-one", "1")
                .add("X-Pre-A", "2")
                .add("a-post", "3")
                .add("x-other", "4")
                .add("x-from", "client")
                .add("transfer-encoding", "chunked");
        check(PROVIDER, 200);
        RequestHead request = asked.get();
        assertThat(request.toString()).isEqualTo("PUT http://shop.example.com/check/a?b=c");
        assertThat(request.headers().names())
                .containsExactlyInAnyOrder("authorization", "x-one", "x-pre-a", "a-post", "x-from", "content-length");
        assertThat(request.headers().getAll("x-from")).containsExactly("mesh");
        assertThat(request.headers().get("content-length")).isEqualTo("0");
    }

    /// CVE-2021-32777: the last value of a field alone was sent.
    @Test
    void cve202132777AllValuesOfAFieldAreSent() {
        head.headers().add("x-one", "guest").add("X-One", "admin").add("x-one", "guest");
        check(PROVIDER, 200);
        assertThat(asked.get().headers().getAll("x-one")).containsExactly("guest", "admin", "guest");
    }

    @Test
    void aYesMayChangeWhatTheProviderLists() {
        CheckResult.Allowed allowed = (CheckResult.Allowed) check(
                PROVIDER,
                200,
                "X-User",
                "ann",
                "x-user-role",
                "a",
                "x-user-role",
                "b",
                "x-admin",
                "1",
                "set-cookie",
                "s=1",
                "x-envoy-auth-headers-to-remove",
                "Cookie, host,  x-a ,:path");
        assertThat(allowed.requestChanges())
                .containsExactlyInAnyOrder(
                        new HeaderChange(HeaderChange.Kind.SET, "x-user", "ann"),
                        new HeaderChange(HeaderChange.Kind.SET, "x-user-role", "a"),
                        new HeaderChange(HeaderChange.Kind.ADD, "x-user-role", "b"),
                        new HeaderChange(HeaderChange.Kind.REMOVE, "cookie", ""),
                        new HeaderChange(HeaderChange.Kind.REMOVE, "x-a", ""));
        assertThat(allowed.responseChanges())
                .containsExactly(new HeaderChange(HeaderChange.Kind.SET, "set-cookie", "s=1"));
        assertThat(allowed.routeAgain()).isFalse();
    }

    @Test
    void aNoGoesToTheClientAsListed() {
        String[] fields = {"x-why", "1", "x-inner", "2", "www-authenticate", "Basic", "content-length", "3"};
        CheckResult.Denied denied = (CheckResult.Denied) check(PROVIDER, 401, fields);
        assertThat(denied.reply().status()).isEqualTo(401);
        assertThat(denied.reply().body().toText()).isEqualTo("why");
        assertThat(denied.reply().fields())
                .containsExactlyInAnyOrder(Map.entry("x-why", "1"), Map.entry("www-authenticate", "Basic"));
        CheckResult.Denied all =
                (CheckResult.Denied) check(PROVIDER.clone().clearHeadersToDownstreamOnDeny(), 401, fields);
        assertThat(all.reply().fields()).hasSize(3).doesNotContain(Map.entry("content-length", "3"));
    }

    @ParameterizedTest
    @CsvSource({"200, Allowed", "201, Denied", "204, Denied", "302, Denied", "404, Denied", "500, Failed", "503, Failed"
    })
    void onlyA200IsAYes(int status, String expected) {
        assertThat(check(PROVIDER, status).getClass().getSimpleName()).isEqualTo(expected);
    }
}
