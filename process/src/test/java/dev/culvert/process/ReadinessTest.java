package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReadinessTest {
    @Test
    void namesWhatIsPendingUntilNothingIs() {
        Readiness readiness = new Readiness();
        Readiness.Task state = readiness.task("state manager");
        Readiness.Task proxy = readiness.task("proxy");
        assertThat(readiness.probe().status()).isEqualTo(500);
        assertThat(readiness.probe().bodyText()).isEqualTo("not ready, pending: state manager, proxy");
        state.ready();
        proxy.ready();
        proxy.ready();
        assertThat(readiness.probe().status()).isEqualTo(200);
        assertThat(readiness.probe().bodyText()).isEqualTo("ready");
        proxy.pending();
        assertThat(readiness.probe().bodyText()).isEqualTo("not ready, pending: proxy");
    }
}
