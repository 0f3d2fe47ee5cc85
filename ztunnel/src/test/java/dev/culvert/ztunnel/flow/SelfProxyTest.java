package dev.culvert.ztunnel.flow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.MeshPorts;
import dev.culvert.process.Drain;
import dev.culvert.process.HttpBind;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.ztunnel.admin.AdminPages;
import dev.culvert.ztunnel.flow.DataPathLab.Pod;
import dev.culvert.ztunnel.pod.SelfProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A captured pod scrapes the node proxy, which is a workload of the mesh like any other.
class SelfProxyTest {
    private static final String SCRAPER = DataPathLab.host(21);
    private static final String PROXY = DataPathLab.host(22);

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    private final DataPathLab lab = new DataPathLab(leaks.allocator());
    private final Pod scraper = lab.pod("scraper", SCRAPER);
    private final HttpEndpoint http = new HttpEndpoint();
    private final int metrics =
            http.listen(HttpBind.wildcard(0), AdminPages.metrics(lab.metrics)).port();

    @BeforeEach
    void start() {
        lab.tell(
                List.of(
                        DataPathLab.workload("scraper", SCRAPER).build(),
                        DataPathLab.workload("proxy", PROXY).build()),
                List.of());
    }

    @AfterEach
    void stop() {
        lab.close();
        http.close();
    }

    @Test
    void servesItsMetricsOverMutualTlsOnceItAccepts() throws Exception {
        SelfProxy self = lab.self("proxy", PROXY);
        CompletableFuture<String> page = CompletableFuture.supplyAsync(() -> scrape(PROXY));
        // taken, and not let in: the scraper's tunnel waits for the handshake
        await().until(() -> lab.metric("istio_tcp_connections_opened_total", "reporter=\"source\"") == 1);
        assertThat(lab.metric("istio_tcp_connections_opened_total", "reporter=\"destination\""))
                .isZero();
        assertThat(page).isNotDone();

        self.accept(new Drain());
        assertThat(page)
                .succeedsWithin(Duration.ofSeconds(10))
                .asString()
                .startsWith("HTTP/1.1 200")
                .contains("istio_tcp_connections_opened_total");
        await().untilAsserted(() -> assertThat(lab.metric(
                        "istio_tcp_connections_closed_total",
                        "reporter=\"destination\"",
                        "source_principal=\"spiffe://cluster.local/ns/default/sa/scraper\"",
                        "connection_security_policy=\"mutual_tls\""))
                .isEqualTo(1));
    }

    @Test
    void givesItsPortBackWhenTheProcessDrains() throws Exception {
        SelfProxy self = lab.self("proxy", PROXY);
        assertThatThrownBy(() -> lab.self("proxy", PROXY)).isInstanceOf(IOException.class);
        Drain drain = new Drain();
        self.accept(drain);
        assertThat(drain.graceful(Duration.ofSeconds(5)).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(5));
        try (Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(new InetSocketAddress(PROXY, MeshPorts.HBONE)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void saysOfConnectionsThatOutliveADrainThatItsDeadlineCutThem() throws Exception {
        SelfProxy self = lab.self("proxy", PROXY);
        Drain drain = new Drain();
        self.accept(drain);
        try (TestApplication app = TestApplication.echo(DataPathLab.ip(PROXY));
                Socket socket = scraper.dial(PROXY, app.port())) {
            socket.getOutputStream().write(1);
            assertThat(socket.getInputStream().read()).isEqualTo(1);
            assertThat(drain.graceful(Duration.ofMillis(300)).toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(5));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> assertThat(lab.completed(false))
                .containsExactly("scraper->proxy 1/1 closed by the node proxy: draining, "
                        + "and the deadline for open connections has passed"));
    }

    private String scrape(String address) {
        try (Socket socket = scraper.dial(address, metrics)) {
            socket.getOutputStream()
                    .write("GET /stats/prometheus HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
