package dev.culvert.waypoint.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import dev.culvert.api.waypoint.Fault;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which requests are delayed and aborted, and how.
class FaultRuleTest {
    @ParameterizedTest
    @CsvSource({"1000000, 1000, 1000", "0, 0, 0", "100000, 70, 130"})
    void aShareOfRequestsIsDelayed(int perMillion, int least, int most) throws Exception {
        FaultRule rule = rule("delay { fixed { seconds: 5 } per_million: " + perMillion + " }");
        Random random = new Random(1);
        int delayed = 0;
        for (int i = 0; i < 1000; i++) {
            delayed += rule.decide(random).equals(new FaultDecision.Delay(Duration.ofSeconds(5))) ? 1 : 0;
        }

        assertThat(delayed).isBetween(least, most);
    }

    @Test
    void anAbortAnswersWithItsStatus() throws Exception {
        assertThat(rule("abort { http_status: 555 per_million: 1000000 }").decide(new Random(1)))
                .isInstanceOfSatisfying(FaultDecision.Abort.class, abort -> {
                    assertThat(abort.reply().status()).isEqualTo(555);
                    assertThat(abort.reply().flag()).isEqualTo("FI");
                    assertThat(abort.reply().fields()).isEmpty();
                    assertThat(abort.delay()).isZero();
                });
    }

    @ParameterizedTest
    @CsvSource({"14, 503", "8, 429", "7, 403", "16, 401", "5, 404", "12, 501", "4, 504", "2, 500", "77, 500"})
    void anAbortOfGrpcHasAStatusOfHttpForOtherClients(int grpc, int http) throws Exception {
        assertThat(rule("abort { grpc_status: " + grpc + " per_million: 1000000 }")
                        .decide(new Random(1)))
                .isInstanceOfSatisfying(FaultDecision.Abort.class, abort -> {
                    assertThat(abort.reply().status()).isEqualTo(http);
                    assertThat(abort.reply().fields())
                            .containsExactly(Map.entry("grpc-status", Integer.toString(grpc)));
                });
    }

    @Test
    void aRequestCanBeDelayedAndThenAborted() throws Exception {
        FaultRule rule = rule("delay { fixed { nanos: 7000000 } per_million: 1000000 }"
                + " abort { http_status: 400 per_million: 1000000 }");

        assertThat(rule.decide(new Random(1)))
                .isInstanceOfSatisfying(
                        FaultDecision.Abort.class,
                        abort -> assertThat(abort.delay()).isEqualTo(Duration.ofMillis(7)));
    }

    @Test
    void withoutAFaultNothingHappens() {
        assertThat(FaultRule.NONE.decide(new Random(1))).isInstanceOf(FaultDecision.None.class);
    }

    private static FaultRule rule(String text) throws Exception {
        return FaultRule.compile(TextFormat.parse(text, Fault.class));
    }
}
