package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void exposesOpenMetricsText() {
        CounterFamily opened = metrics.counter(
                "istio_tcp_connections_opened_total",
                "The total number of TCP connections opened.",
                "reporter",
                "zone");
        opened.with("source", "a\"b\\\n").increment();
        Counter bytes = opened.with("destination");
        bytes.add(41);
        opened.with("destination").increment();
        metrics.gauge("process_open_fds", "The number of open file descriptors.")
                .ask(() -> 17);
        metrics.gauge("istio_build", "The component and its version.", "component", "tag")
                .with("ztunnel", "1.0")
                .set(1);
        metrics.counter("istio_never_total", "Nothing happened.", "why");
        metrics.gauge("istio_unknown", "Not a number.").ask(() -> Double.NaN);
        metrics.histogram("istio_dns_seconds", "How long it took.", List.of(0.1, 1.0))
                .with()
                .observe(0.5);
        assertThat(metrics.text()).isEqualTo("""
                        # TYPE istio_build gauge
                        # HELP istio_build The component and its version.
                        istio_build{component="ztunnel",tag="1.0"} 1.0
                        # TYPE istio_dns_seconds histogram
                        # HELP istio_dns_seconds How long it took.
                        istio_dns_seconds_bucket{le="0.1"} 0
                        istio_dns_seconds_bucket{le="1.0"} 1
                        istio_dns_seconds_bucket{le="+Inf"} 1
                        istio_dns_seconds_count 1
                        istio_dns_seconds_sum 0.5
                        # TYPE istio_tcp_connections_opened counter
                        # HELP istio_tcp_connections_opened The total number of TCP connections opened.
                        istio_tcp_connections_opened_total{reporter="destination"} 42.0
                        istio_tcp_connections_opened_total{reporter="source",zone="a\\"b\\\\\\n"} 1.0
                        # TYPE process_open_fds gauge
                        # HELP process_open_fds The number of open file descriptors.
                        process_open_fds 17.0
                        # EOF
                        """);
    }

    @Test
    void countsUnderOverflowWhatComesAfterTheMostSeries() {
        CounterFamily opened = metrics.counter("opened_total", "Opened.", "who", "where");
        Counter first = opened.with("0", "here");
        for (int i = 0; i < Series.MOST + 25; i++) {
            opened.with(Integer.toString(i), "here").increment();
        }
        assertThat(opened.with("0", "here")).isSameAs(first);
        assertThat(metrics.text().lines().filter(line -> line.startsWith("opened_total{")))
                .hasSize(Series.MOST + 1)
                .contains("opened_total{where=\"overflow\",who=\"overflow\"} 25.0");
    }

    @Test
    void aHistogramCountsAValueInTheBucketThatEndsWithItAndInAllAbove() {
        Histogram durations = metrics.histogram(
                        "istio_request_duration_milliseconds", "How long it took.", HistogramFamily.ISTIO_BOUNDS)
                .with();
        for (double value : new double[] {0.1, 0.5, 0.6, 25, 3_600_000, 3_600_001, Double.NaN}) {
            durations.observe(value);
        }
        assertThat(metrics.text().lines())
                .contains(
                        "istio_request_duration_milliseconds_bucket{le=\"0.5\"} 2",
                        "istio_request_duration_milliseconds_bucket{le=\"1.0\"} 3",
                        "istio_request_duration_milliseconds_bucket{le=\"25.0\"} 4",
                        "istio_request_duration_milliseconds_bucket{le=\"1800000.0\"} 4",
                        "istio_request_duration_milliseconds_bucket{le=\"3600000.0\"} 5",
                        "istio_request_duration_milliseconds_bucket{le=\"+Inf\"} 6",
                        "istio_request_duration_milliseconds_count 6",
                        "istio_request_duration_milliseconds_sum 7200027.2")
                .filteredOn(line -> line.contains("_bucket"))
                .hasSize(20);
    }

    @Test
    void aRemovedSeriesIsNotExposedAndBeginsAtZeroWhenItComesBack() {
        CounterFamily opened = metrics.counter("opened_total", "Opened.", "who");
        Counter first = opened.with("a");
        first.add(5);
        metrics.beforeScrape(() -> opened.remove(List.of("a"), first));
        assertThat(metrics.text()).doesNotContain("opened_total{");
        opened.with("a").increment();
        assertThat(metrics.text()).contains("opened_total{who=\"a\"} 1.0");
    }

    @Test
    void saysOpenMetricsOnlyToWhoAcceptsIt() {
        Response asked = metrics.scrape(request("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"));
        assertThat(asked.contentType()).isEqualTo("application/openmetrics-text;charset=utf-8;version=1.0.0");
        Response plain = metrics.scrape(request("*/*"));
        assertThat(plain.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(plain.bodyText()).isEqualTo("# EOF\n").isEqualTo(asked.bodyText());
    }

    @Test
    void refusesTwoOfOneName() {
        metrics.gauge("a", "One.");
        assertThatThrownBy(() -> metrics.gauge("a", "Two.")).hasMessage("two metrics are named a");
    }

    private static Request request(String accept) {
        return new Request("GET", "/metrics", Map.of(), Map.of("accept", accept), "");
    }
}
