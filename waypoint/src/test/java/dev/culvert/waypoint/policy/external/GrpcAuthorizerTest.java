package dev.culvert.waypoint.policy.external;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BoolValue;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.envoy.AttributeContext;
import dev.culvert.api.envoy.CheckRequest;
import dev.culvert.api.envoy.CheckResponse;
import dev.culvert.api.envoy.HeaderValue;
import dev.culvert.api.envoy.HeaderValueOption;
import dev.culvert.api.envoy.OkHttpResponse;
import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls of ext_authz by gRPC: what is asked, and what is made of each answer.
final class GrpcAuthorizerTest {
    private static final ExtAuthz.Builder PROVIDER = ExtAuthz.newBuilder()
            .setName("ext")
            .setCluster("auth/auth.example")
            .setPort(9000)
            .setGrpc(true)
            .setTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(2));

    /// A status without a code, which is OK.
    private static final byte[] YES = {10, 0};

    private byte[] sent = new byte[0];
    private String call = "";

    private final RequestHead head = new RequestHead(
            "POST",
            "http",
            "shop.example.com",
            "/a?b=c",
            DefaultHttpHeadersFactory.headersFactory().newHeaders());

    private CheckSubject subject(String body, boolean whole) {
        Client client = new Client(
                SpiffeId.parse("spiffe://td/ns/shop/sa/cart"),
                new InetSocketAddress("10.0.0.7", 4000),
                new InetSocketAddress("fd00::5", 80),
                null);
        return new CheckSubject(client, head, "HTTP/2", Bytes.of(body), whole, Instant.ofEpochSecond(7, 9));
    }

    private InternalCalls answering(int status, byte[] body, String grpcStatus) {
        return asked -> {
            InternalCalls.Target to = asked.to();
            RequestHead request = asked.head();
            call = to.cluster() + ":" + to.port() + " " + to.http2() + " " + request + " " + asked.timeout() + " "
                    + request.headers().get("grpc-timeout") + " "
                    + request.headers().get("content-type");
            sent = Bytes.of(asked.body()).toArray();
            asked.body().release();
            HttpHeaders trailers = DefaultHttpHeadersFactory.trailersFactory().newHeaders();
            if (!grpcStatus.isEmpty()) {
                trailers.set("grpc-status", grpcStatus);
            }
            HttpHeaders fields = DefaultHttpHeadersFactory.headersFactory().newHeaders();
            return CompletableFuture.completedFuture(
                    new InternalCalls.Reply(new ResponseHead(status, fields), Bytes.of(body), trailers));
        };
    }

    private static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private CheckResult answer(String response) {
        try {
            byte[] message = TextFormat.parse(response, CheckResponse.class).toByteArray();
            return check(PROVIDER, answering(200, framed(message), "0"));
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(response, e);
        }
    }

    private CheckResult check(ExtAuthz.Builder provider, InternalCalls calls) {
        return AuthorizerCompiler.compile(provider.build())
                .check(subject("body", true), calls)
                .toCompletableFuture()
                .join();
    }

    private AttributeContext asked() {
        try {
            return CheckRequest.parseFrom(Arrays.copyOfRange(sent, 5, sent.length))
                    .getAttributes();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void asksWithEverythingThatIsKnown() {
        head.headers()
                .add("X-Request-Id", "r1")
                .add("cookie", "a=b")
                .add("cookie", "c=d")
                .set("content-length", "4");
        assertThat(answer("status { code: 0 }")).isInstanceOf(CheckResult.Allowed.class);
        assertThat(call)
                .isEqualTo("auth/auth.example:9000 true POST"
                        + " http://auth.example:9000/envoy.service.auth.v3.Authorization/Check PT2S 2001m"
                        + " application/grpc");
        assertThat(ByteBuffer.wrap(sent, 1, 4).getInt()).isEqualTo(sent.length - 5);
        AttributeContext.HttpRequest http = asked().getRequest().getHttp();
        assertThat(http.getMethod() + " " + http.getScheme() + "://" + http.getHost() + http.getPath())
                .isEqualTo("POST http://shop.example.com/a?b=c");
        assertThat(http.getId() + " " + http.getProtocol() + " " + http.getSize())
                .isEqualTo("r1 HTTP/2 4");
        assertThat(http.getHeadersMap())
                .containsEntry("cookie", "a=b; c=d")
                .containsEntry(":path", "/a?b=c")
                .containsEntry("x-request-id", "r1");
        assertThat(http.getBody()).isEmpty();
        assertThat(asked().getRequest().getTime().getSeconds()).isEqualTo(7);
        assertThat(asked().getSource().getPrincipal()).isEqualTo("spiffe://td/ns/shop/sa/cart");
        assertThat(asked().getSource().getAddress().getSocketAddress().getAddress())
                .isEqualTo("10.0.0.7");
        assertThat(asked().getDestination().getAddress().getSocketAddress().getPortValue())
                .isEqualTo(80);
    }

    /// CVE-2021-32777: the last value of a field alone was sent.
    @Test
    void cve202132777AllValuesOfAFieldAreSent() {
        head.headers().add("x-role", "guest").add("X-Role", "admin").add("x-role", "guest");
        answer("status { }");
        assertThat(asked().getRequest().getHttp().getHeadersMap()).containsEntry("x-role", "guest,admin,guest");
    }

    @Test
    void showsTheBodyAsTextOrBytes() {
        ExtAuthz.Builder text = PROVIDER.clone().setWithRequestBody(true).setMaxRequestBytes(8);
        head.headers().set("x-envoy-auth-partial-body", "forged");
        check(text, answering(200, framed(YES), "0"));
        assertThat(asked().getRequest().getHttp().getBody()).isEqualTo("body");
        assertThat(asked().getRequest().getHttp().getHeadersMap()).containsEntry("x-envoy-auth-partial-body", "false");
        check(text.setPackAsBytes(true), answering(200, framed(YES), "0"));
        assertThat(asked().getRequest().getHttp().getRawBody().toStringUtf8()).isEqualTo("body");
    }

    @Test
    void changesTheRequestAndTheResponse() {
        CheckResult result = answer("status { } ok_response {"
                + " headers { header { key: 'X-User' value: 'ann' } }"
                + " headers { header { key: 'x-more' value: '1' } append { value: true } }"
                + " headers { header { key: 'x-new' value: '1' } append_action: ADD_IF_ABSENT }"
                + " headers { header { key: 'x-old' raw_value: '2' } append_action: OVERWRITE_IF_EXISTS }"
                + " headers_to_remove: 'Authorization' headers_to_remove: ':path' headers_to_remove: 'host'"
                + " response_headers_to_add { header { key: 'set-cookie' value: 'a=b' } append { value: true } }"
                + " query_parameters_to_set { key: 'b' value: 'x y' } query_parameters_to_remove: 'z' }");
        assertThat(result).isInstanceOf(CheckResult.Allowed.class);
        CheckResult.Allowed allowed = (CheckResult.Allowed) result;
        assertThat(allowed.requestChanges())
                .containsExactly(
                        new HeaderChange(HeaderChange.Kind.SET, "x-user", "ann"),
                        new HeaderChange(HeaderChange.Kind.ADD, "x-more", "1"),
                        new HeaderChange(HeaderChange.Kind.ADD_IF_ABSENT, "x-new", "1"),
                        new HeaderChange(HeaderChange.Kind.SET_IF_PRESENT, "x-old", "2"),
                        new HeaderChange(HeaderChange.Kind.REMOVE, "authorization", ""));
        assertThat(allowed.responseChanges())
                .containsExactly(new HeaderChange(HeaderChange.Kind.ADD, "set-cookie", "a=b"));
        assertThat(allowed.query().applyTo("/a?b=c&z=1&d")).isEqualTo("/a?d&b=x+y");
    }

    /// An authorizer may be wrong, or in other hands; it must not be able to frame messages.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transfer-encoding|chunked",
                "Content-Length|5",
                ":path|/other",
                "host|other",
                "connection|close",
                "bad name|x",
                "x|a\\r\\nb: c",
                "x|a\\000b",
                "''|x"
            })
    void leavesTheFramingAlone(String name, String value) {
        String field = "header { key: '" + name + "' value: '" + value + "' }";
        CheckResult.Allowed allowed = (CheckResult.Allowed) answer(
                "status { } ok_response { headers { " + field + " } response_headers_to_add { " + field + " } }");
        assertThat(allowed.requestChanges()).isEmpty();
        assertThat(allowed.responseChanges()).isEmpty();
        CheckResult.Denied denied =
                (CheckResult.Denied) answer("status { code: 7 } denied_response { headers { " + field + " } }");
        assertThat(denied.reply().fields()).isEmpty();
    }

    @Test
    void aDenialIsTheAuthorizersOwn() {
        CheckResult.Denied denied = (CheckResult.Denied) answer("status { code: 16 } denied_response {"
                + " status { code: 401 } body: 'who?' headers { header { key: 'X-Why' value: 'no token' } } }");
        assertThat(denied.reply().status()).isEqualTo(401);
        assertThat(denied.reply().body().toText()).isEqualTo("who?");
        assertThat(denied.reply().fields()).containsExactly(Map.entry("x-why", "no token"));
        assertThat(((CheckResult.Denied) answer("status { code: 7 }")).reply().status())
                .isEqualTo(403);
        assertThat(((CheckResult.Denied) answer("status { } denied_response { }"))
                        .reply()
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"500, '0', ''", "200, '14', ''", "200, '', ''", "404, '0', ''"})
    void otherStatusesAreFailures(int status, String grpcStatus, String body) {
        assertThat(check(PROVIDER, answering(status, framed(body.getBytes(StandardCharsets.UTF_8)), grpcStatus)))
                .isInstanceOf(CheckResult.Failed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "0000000000", "0100000000", "0000000005aa", "0000000002ffff", "00000000010000"})
    void garbageIsAFailure(String hex) {
        byte[] body = HexFormat.of().parseHex(hex);
        assertThat(check(PROVIDER, answering(200, body, "0"))).isInstanceOf(CheckResult.Failed.class);
    }

    @Test
    void failuresRefuseWithTheStatusThatWasChosen() {
        InternalCalls timeout = request -> {
            request.body().release();
            return CompletableFuture.failedFuture(new IllegalStateException("timeout"));
        };
        CheckResult.Failed failed = (CheckResult.Failed) check(PROVIDER.clone().setStatusOnError(503), timeout);
        assertThat(failed.admitted()).isFalse();
        assertThat(failed.reply().status()).isEqualTo(503);
        assertThat(failed.why()).isEqualTo("timeout");
        CheckResult.Failed open = (CheckResult.Failed) check(PROVIDER.clone().setFailOpen(true), timeout);
        assertThat(open.admitted()).isTrue();
    }

    @Test
    void connectionsAreAskedAboutToo() {
        CheckSubject.Connection connection =
                new CheckSubject.Connection(subject("", true).client(), "db.example.com");
        CheckResult result = AuthorizerCompiler.compile(PROVIDER.build())
                .checkConnection(connection, answering(200, framed(YES), "0"))
                .toCompletableFuture()
                .join();
        assertThat(result).isInstanceOf(CheckResult.Allowed.class);
        assertThat(asked().hasRequest()).isFalse();
        assertThat(asked().getTlsSession().getSni()).isEqualTo("db.example.com");
    }

    @Test
    void aProviderWithoutServiceIsUnusable() {
        assertThat(AuthorizerCompiler.compile(
                        ExtAuthz.newBuilder().setName("x").setFailOpen(true).build()))
                .isInstanceOf(UnusableAuthorizer.class);
        assertThat(check(ExtAuthz.newBuilder().setFailOpen(true), answering(200, new byte[0], "0")))
                .isInstanceOfSatisfying(
                        CheckResult.Failed.class,
                        failed -> assertThat(failed.admitted()).isFalse());
    }

    @Test
    void timeoutsAreIstiosByDefault() {
        check(PROVIDER.clone().clearTimeout(), answering(200, framed(YES), "0"));
        assertThat(call).contains(Duration.ofMinutes(10).toString());
    }

    /// Numbers of fields as Envoy has them, in bytes that no code of ours wrote.
    @Test
    void speaksEnvoysNumbers() throws InvalidProtocolBufferException {
        byte[] response = HexFormat.of().parseHex("0a001a0c120a0a080a01781203616263");
        OkHttpResponse ok = CheckResponse.parseFrom(response).getOkResponse();
        assertThat(ok.getHeaders(0))
                .isEqualTo(HeaderValueOption.newBuilder()
                        .setHeader(HeaderValue.newBuilder().setKey("x").setValue("abc"))
                        .build());
        assertThat(HeaderValueOption.newBuilder()
                        .setAppend(BoolValue.of(true))
                        .build()
                        .toByteArray())
                .containsExactly(0x12, 2, 8, 1);
    }
}
