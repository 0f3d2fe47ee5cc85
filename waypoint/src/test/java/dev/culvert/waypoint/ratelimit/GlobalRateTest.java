package dev.culvert.waypoint.ratelimit;

import static dev.culvert.waypoint.ratelimit.RateLimiterTest.fields;
import static dev.culvert.waypoint.ratelimit.RateLimiterTest.get;
import static dev.culvert.waypoint.ratelimit.RateLimiterTest.limits;
import static dev.culvert.waypoint.ratelimit.RateLimiterTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.culvert.api.envoy.RateLimitRequest;
import dev.culvert.api.envoy.RateLimitResponse;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Limits that a service counts.
class GlobalRateTest {
    private static final String POLICY = "rate_limits { namespace: 'n' name: 'l' global {"
            + " cluster: 'infra/ratelimit.infra.svc.cluster.local' port: 8081 domain: 'shop' %s"
            + " descriptors { entries { key: 'fixed' value: 'v' } entries { key: 'user' request_header: 'x-user' } }"
            + " descriptors { match { methods: 'PUT' } entries { key: 'method' method: true } }"
            + " descriptors { entries { key: 'from' source_principal: true } entries { key: 'ip' remote_address: true }"
            + " entries { key: 'to' destination_service: true } entries { key: 'path' path: true } } } }";

    private final Service service = new Service();

    @Test
    void asksAsEnvoyDoes() {
        service.answer = answer("overall_code: OK");

        judge(POLICY.formatted(""), request("PUT", "/a?b", "x-user", "u"));

        assertThat(service.cluster).isEqualTo("infra/ratelimit.infra.svc.cluster.local");
        assertThat(service.timeout).isEqualTo(Duration.ofMillis(20));
        assertThat(service.heads).singleElement().satisfies(head -> {
            assertThat(head.toString())
                    .isEqualTo("POST http://ratelimit.infra.svc.cluster.local:8081"
                            + "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit");
            assertThat(head.isGrpc()).isTrue();
            assertThat(head.headers().get("te")).isEqualTo("trailers");
            assertThat(head.headers().get("grpc-timeout")).isEqualTo("20m");
        });
        assertThat(service.questions)
                .containsExactly(question("domain: 'shop'"
                        + " descriptors { entries { key: 'fixed' value: 'v' } entries { key: 'user' value: 'u' } }"
                        + " descriptors { entries { key: 'method' value: 'PUT' } }"
                        + " descriptors { entries { key: 'from' value: 'spiffe://cluster.local/ns/shop/sa/a' }"
                        + " entries { key: 'ip' value: '10.0.0.1' } entries { key: 'to' value: 'echo.shop.svc.cluster.local' }"
                        + " entries { key: 'path' value: '/a' } }"));
    }

    @Test
    void aDescriptorThatLacksAValueIsLeftOut() {
        service.answer = answer("overall_code: OK");

        judge(POLICY.formatted(""), get("/"));

        assertThat(service.questions)
                .singleElement()
                .satisfies(question -> assertThat(question.getDescriptorsList())
                        .singleElement()
                        .satisfies(
                                only -> assertThat(only.getEntries(0).getKey()).isEqualTo("from")));
    }

    @Test
    void withNothingToCountNobodyIsAsked() {
        RateVerdict verdict = judge(
                "rate_limits { global { cluster: 'a/b' descriptors { entries { key: 'u' request_header: 'none' } } } }",
                get("/"));

        assertThat(verdict).isEqualTo(RateVerdict.UNLIMITED);
        assertThat(service.questions).isEmpty();
    }

    @Test
    void overTheLimitIs429WithTheServicesWords() {
        service.answer = answer("overall_code: OVER_LIMIT raw_body: 'slow down'"
                + " response_headers_to_add { key: 'x-why' value: 'user' }"
                + " statuses { code: OK current_limit { requests_per_unit: 100 unit: MINUTE } limit_remaining: 7"
                + " duration_until_reset { seconds: 50 } }"
                + " statuses { code: OVER_LIMIT current_limit { requests_per_unit: 5 unit: SECOND name: 'user' }"
                + " duration_until_reset { seconds: 1 } }"
                + " statuses { code: OK }");

        RateVerdict.Refuse refused = (RateVerdict.Refuse) judge(POLICY.formatted(""), get("/"));

        assertThat(refused.reply().status()).isEqualTo(429);
        assertThat(refused.reply().body().toText()).isEqualTo("slow down");
        assertThat(fields(refused.reply()))
                .containsEntry("retry-after", "1")
                .containsEntry("x-envoy-ratelimited", "true")
                .containsEntry("grpc-status", "8")
                .containsEntry("x-why", "user")
                .containsEntry("x-ratelimit-limit", "5, 100;w=60, 5;w=1;name=\"user\"")
                .containsEntry("x-ratelimit-remaining", "0")
                .containsEntry("x-ratelimit-reset", "1");
    }

    @Test
    void anAdmittedRequestGetsTheServicesFields() {
        service.answer = answer("overall_code: OK request_headers_to_add { key: 'a' value: 'b' }"
                + " response_headers_to_add { key: 'c' raw_value: 'd' }");

        RateVerdict.Admit admit = (RateVerdict.Admit) judge(POLICY.formatted(""), get("/"));

        assertThat(admit.requestFields()).containsExactly(Map.entry("a", "b"));
        assertThat(admit.responseFields()).containsExactly(Map.entry("c", "d"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "status", "grpc", "frame", "garbage", "unknown", "invalid"})
    void aServiceThatFailsIsA500OrLetsThroughAsThePolicySays(String failure) {
        service.answer = switch (failure) {
            case "error" -> CompletableFuture.failedFuture(new IOException("timeout"));
            case "status" -> CompletableFuture.completedFuture(reply(503, "0", new byte[5]));
            case "grpc" -> CompletableFuture.completedFuture(reply(200, "14", new byte[0]));
            case "frame" -> CompletableFuture.completedFuture(reply(200, "0", new byte[] {0, 0, 0, 0, 9, 1}));
            case "garbage" ->
                CompletableFuture.completedFuture(reply(200, "0", new byte[] {0, 0, 0, 0, 1, (byte) 0xff}));
            default -> answer("");
        };
        String invalid = failure.equals("invalid") ? "invalid: 'no such service'" : "";

        assertThat(judge(POLICY.formatted(invalid), get("/")))
                .isInstanceOfSatisfying(RateVerdict.Refuse.class, refused -> {
                    assertThat(refused.reply().status()).isEqualTo(500);
                    assertThat(refused.reply().details()).isEqualTo("rate_limiter_error");
                });
        assertThat(judge(POLICY.formatted("fail_open: true " + invalid), get("/")))
                .isEqualTo(RateVerdict.UNLIMITED);
        assertThat(service.questions).hasSize(failure.equals("invalid") ? 0 : 2);
    }

    @ParameterizedTest
    @CsvSource({"'timeout { nanos: 5000000 }', 5", "'timeout { seconds: 1 }', 1000", "'', 20"})
    void theTimeoutIsThatOfThePolicy(String timeout, long millis) {
        service.answer = answer("overall_code: OK");

        judge(POLICY.formatted(timeout), get("/"));

        assertThat(service.timeout).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void aLocalRefusalAsksNobody() {
        service.answer = answer("overall_code: OK");
        String local = "rate_limits { namespace: 'n' name: 'z' local { requests: 0 } }";

        assertThat(judge(POLICY.formatted("") + local, get("/"))).isInstanceOf(RateVerdict.Refuse.class);
        assertThat(service.questions).isEmpty();
    }

    private RateVerdict judge(String policies, RateRequest request) {
        return RateLimiter.compile(limits(policies), () -> 0, RateLimiter.NONE)
                .judge(request, service)
                .toCompletableFuture()
                .join();
    }

    private static RateLimitRequest question(String text) {
        try {
            return TextFormat.parse(text, RateLimitRequest.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static CompletionStage<InternalCalls.Reply> answer(String text) {
        try {
            byte[] message = TextFormat.parse(text, RateLimitResponse.class).toByteArray();
            return CompletableFuture.completedFuture(reply(
                    200,
                    "0",
                    ByteBuffer.allocate(5 + message.length)
                            .put((byte) 0)
                            .putInt(message.length)
                            .put(message)
                            .array()));
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static InternalCalls.Reply reply(int status, String grpcStatus, byte[] body) {
        return new InternalCalls.Reply(
                new ResponseHead(status, new DefaultHttpHeaders()),
                Bytes.of(body),
                new DefaultHttpHeaders().add("grpc-status", grpcStatus));
    }

    /// A rate-limit service of a few lines.
    private static final class Service implements InternalCalls {
        final List<RequestHead> heads = new ArrayList<>();
        final List<RateLimitRequest> questions = new ArrayList<>();
        String cluster = "";
        Duration timeout = Duration.ZERO;
        CompletionStage<Reply> answer = CompletableFuture.failedFuture(new IOException("no answer is set"));

        @Override
        public CompletionStage<Reply> call(Request request) {
            ByteBuf body = request.body();
            cluster = request.to().cluster();
            timeout = request.timeout();
            heads.add(request.head());
            try {
                assertThat(body.readByte()).isZero();
                assertThat(body.readInt()).isEqualTo(body.readableBytes());
                questions.add(RateLimitRequest.parseFrom(ByteBufUtil.getBytes(body)));
            } catch (IOException e) {
                throw new AssertionError(e);
            } finally {
                body.release();
            }
            return answer;
        }
    }
}
