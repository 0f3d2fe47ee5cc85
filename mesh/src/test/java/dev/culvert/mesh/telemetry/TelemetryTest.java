package dev.culvert.mesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.xds.StreamEnd;
import dev.culvert.process.Metrics;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class TelemetryTest {
    private static final SpiffeId PEER = new SpiffeId("td", "shop", "cart");
    private static final Party CLIENT =
            new Party("cart", "cart", "v1", "shop", PEER.toString(), "cart", "v1", "Kubernetes", "", "", false);

    private final Metrics metrics = new Metrics();

    @Test
    void givesTheTrafficLabelsInOrderWithUnknownForWhatIsAbsent() {
        TrafficLabels labels = new TrafficLabels(
                Reporter.SOURCE,
                CLIENT,
                Party.UNKNOWN,
                AddressedService.of(new NamespacedHostname("shop", "pay.shop.svc.cluster.local")),
                true,
                "-");
        assertThat(labels.values())
                .containsExactly(
                        "source",
                        "cart",
                        "cart",
                        "v1",
                        "shop",
                        "spiffe://td/ns/shop/sa/cart",
                        "cart",
                        "v1",
                        "Kubernetes",
                        "pay.shop.svc.cluster.local",
                        "shop",
                        "pay",
                        "unknown",
                        "unknown",
                        "unknown",
                        "unknown",
                        "unknown",
                        "unknown",
                        "unknown",
                        "unknown",
                        "tcp",
                        "-",
                        "mutual_tls");
    }

    @Test
    void addsPlacesOnlyWhenOneIsKnown() {
        Baggage baggage = new Baggage("c1", "shop", "deployment", "cart", "cart-svc", "v2", "eu", null);
        TrafficLabels labels = new TrafficLabels(
                Reporter.DESTINATION,
                Party.of(null, baggage, PEER),
                Party.UNKNOWN,
                AddressedService.NONE,
                false,
                "DENY");
        List<String> values = labels.values();
        assertThat(values).hasSameSizeAs(TrafficLabels.NAMES);
        assertThat(values.subList(0, 9))
                .containsExactly(
                        "destination",
                        "cart",
                        "cart-svc",
                        "v2",
                        "shop",
                        "spiffe://td/ns/shop/sa/cart",
                        "cart",
                        "v2",
                        "c1");
        assertThat(values.subList(20, 27))
                .containsExactly("tcp", "DENY", "unknown", "eu", "unknown", "unknown", "unknown");
    }

    @Test
    void countsAConnectionThatFails() {
        TcpMetrics tcp = new TcpMetrics(metrics);
        TrafficLabels labels = new TrafficLabels(
                Reporter.SOURCE, CLIENT, Party.UNKNOWN, AddressedService.NONE, true, TrafficLabels.NO_FLAGS);
        tcp.socketOpened(Reporter.SOURCE);
        TrafficSeries series = tcp.opened(labels);
        assertThat(tcp.opened(labels)).isSameAs(series);
        series.bytes(10, 20);
        series.closed("-");
        series.closed("CONNECT");
        List<String> text = metrics.text().lines().toList();
        assertThat(text)
                .contains("istio_tcp_sockets_open{reporter=\"source\"} 1.0")
                .contains("istio_tcp_sockets_open{reporter=\"destination\"} 0.0");
        assertThat(sample(text, "istio_tcp_connections_opened_total", "-")).isEqualTo("2.0");
        assertThat(sample(text, "istio_tcp_received_bytes_total", "-")).isEqualTo("10.0");
        assertThat(sample(text, "istio_tcp_sent_bytes_total", "-")).isEqualTo("20.0");
        assertThat(sample(text, "istio_tcp_connections_closed_total", "-")).isEqualTo("1.0");
        assertThat(sample(text, "istio_tcp_connections_closed_total", "CONNECT"))
                .isEqualTo("1.0");
        assertThat(sample(text, "istio_tcp_connections_failed_total", "CONNECT"))
                .isEqualTo("1.0");
        assertThat(text)
                .noneMatch(
                        line -> line.startsWith("istio_tcp_connections_failed_total") && line.contains("flags=\"-\""));
    }

    @Test
    void aClientCannotMakeSeriesWithoutEndByWhatItSaysOfItself() {
        TcpMetrics tcp = new TcpMetrics(metrics);
        for (int i = 0; i < TcpMetrics.MOST_CLAIMS + 50; i++) {
            tcp.opened(claiming("w" + i)).closed("CONNECT");
        }
        List<String> text = metrics.text().lines().toList();
        for (String family : List.of("opened", "closed", "failed")) {
            assertThat(text)
                    .filteredOn(line -> line.startsWith("istio_tcp_connections_" + family + "_total{"))
                    .hasSize(TcpMetrics.MOST_CLAIMS + 1)
                    .filteredOn(line -> line.contains("source_workload=\"unknown\""))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("source_principal=\"spiffe://td/ns/shop/sa/cart\"")
                            .endsWith(" 50.0"));
        }
    }

    @Test
    void labelsWithoutAConnectionForAnHourAreLetGoAllTogetherAndBeginAtZeroAgain() {
        AtomicLong now = new AtomicLong();
        TcpMetrics tcp = new TcpMetrics(metrics, now::get);
        TrafficSeries cart = tcp.opened(claiming("cart"));
        tcp.opened(claiming("cart")).closed("CONNECT");
        cart.bytes(10, 20);
        now.addAndGet(3 * TrafficSeries.KEPT.toNanos());
        assertThat(metrics.text()).as("one is open all the time").contains("source_workload=\"cart\"");
        cart.closed("-");
        now.addAndGet(3 * TrafficSeries.KEPT.toNanos());
        assertThat(metrics.text().lines())
                .as("nobody has seen the last values before this scrape")
                .filteredOn(line -> line.contains("source_workload=\"cart\""))
                .hasSize(6);
        assertThat(metrics.text()).doesNotContain("cart");
        tcp.opened(claiming("cart"));
        assertThat(sample(metrics.text().lines().toList(), "istio_tcp_connections_opened_total", "-"))
                .isEqualTo("1.0");
    }

    @Test
    void whatClientsSayFindsRoomAgainWhenOthersHaveBeenLetGo() {
        AtomicLong now = new AtomicLong();
        TcpMetrics tcp = new TcpMetrics(metrics, now::get);
        for (int i = 0; i < TcpMetrics.MOST_CLAIMS; i++) {
            tcp.opened(claiming("w" + i)).closed("-");
        }
        tcp.opened(claiming("late")).closed("-");
        assertThat(metrics.text()).contains("source_workload=\"w7\"").doesNotContain("late");
        now.addAndGet(TrafficSeries.KEPT.toNanos());
        assertThat(metrics.text()).doesNotContain("source_workload=\"w7\"");
        tcp.opened(claiming("late"));
        assertThat(metrics.text()).contains("source_workload=\"late\"");
    }

    @Test
    void noEndIsLostWhileLabelsAreLetGoAndComeBack() throws Exception {
        AtomicLong now = new AtomicLong();
        TcpMetrics tcp = new TcpMetrics(metrics, () -> now.addAndGet(TrafficSeries.KEPT.toNanos()));
        Thread user = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                tcp.opened(claiming("cart")).closed("-");
            }
        });
        while (user.isAlive()) {
            metrics.text();
        }
        user.join();
        tcp.opened(claiming("cart")).closed("-");
        tcp.opened(claiming("cart"));
        List<String> text = metrics.text().lines().toList();
        double opened = Double.parseDouble(sample(text, "istio_tcp_connections_opened_total", "-"));
        double closed = Double.parseDouble(sample(text, "istio_tcp_connections_closed_total", "-"));
        assertThat(opened - closed).isEqualTo(1);
    }

    @Test
    void connectionsOfTooManyLabelsAreCountedTogether() {
        TcpMetrics tcp = new TcpMetrics(metrics);
        for (int i = 0; i < TcpMetrics.MOST + 3; i++) {
            AddressedService service = new AddressedService("s" + i, "shop", "s" + i);
            tcp.opened(new TrafficLabels(Reporter.SOURCE, CLIENT, Party.UNKNOWN, service, true, TrafficLabels.NO_FLAGS))
                    .closed("-");
        }
        assertThat(metrics.text().lines())
                .filteredOn(line -> line.startsWith("istio_tcp_connections_closed_total{"))
                .hasSize(TcpMetrics.MOST + 1)
                .filteredOn(line -> line.contains("overflow"))
                .singleElement()
                .satisfies(line -> assertThat(line).endsWith(" 3.0"));
    }

    private static TrafficLabels claiming(String workload) {
        Baggage baggage = new Baggage(null, null, "deployment", workload, null, null, null, null);
        return new TrafficLabels(
                Reporter.DESTINATION,
                Party.of(null, baggage, PEER),
                Party.UNKNOWN,
                AddressedService.NONE,
                true,
                TrafficLabels.NO_FLAGS);
    }

    @Test
    void countsWhatHappensAroundConnections() {
        XdsMetrics xds = new XdsMetrics(metrics);
        xds.messageReceived("type.googleapis.com/istio.workload.Address", 100);
        xds.messageReceived("type.googleapis.com/istio.workload.Address", 50);
        xds.streamTerminated(StreamEnd.RECONNECT);
        PodMetrics pods = new PodMetrics(metrics);
        pods.started();
        pods.started();
        pods.stopped();
        pods.pending(3);
        ProcessMetrics.register(metrics, "ztunnel", "1.2.3");
        assertThat(metrics.text().lines())
                .contains(
                        "istio_xds_message_total{url=\"type.googleapis.com/istio.workload.Address\"} 2.0",
                        "istio_xds_message_bytes_total{url=\"type.googleapis.com/istio.workload.Address\"} 150.0",
                        "istio_xds_connection_terminations_total{reason=\"Reconnect\"} 1.0",
                        "workload_manager_active_proxy_count 1.0",
                        "workload_manager_pending_proxy_count 3.0",
                        "workload_manager_proxies_started_total 2.0",
                        "workload_manager_proxies_stopped_total 1.0",
                        "istio_build{component=\"ztunnel\",tag=\"1.2.3\"} 1.0")
                .anyMatch(line -> line.matches("process_open_fds [1-9][0-9]*\\.0"))
                .anyMatch(line -> line.startsWith("process_max_fds "));
    }

    @Test
    void namesEveryMetricOnceAndHelpsWithASentence() {
        for (MetricCatalogue metric : MetricCatalogue.values()) {
            if (metric.metricName().endsWith("_total")) {
                metric.counter(metrics).with().increment();
            } else {
                metric.gauge(metrics).with().set(1);
            }
        }
        assertThat(metrics.text().lines().filter(line -> line.startsWith("# HELP")))
                .hasSameSizeAs(MetricCatalogue.values())
                .allMatch(line -> line.endsWith("."));
        assertThat(Arrays.stream(MetricCatalogue.values()).map(MetricCatalogue::metricName))
                .doesNotHaveDuplicates()
                .hasSize(18);
    }

    private static String sample(List<String> lines, String name, String flags) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") && line.contains("response_flags=\"" + flags + "\""))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }
}
