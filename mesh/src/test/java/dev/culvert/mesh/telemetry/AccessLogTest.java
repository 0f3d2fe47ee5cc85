package dev.culvert.mesh.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.process.LogFields;
import dev.culvert.process.LogLevel;
import dev.culvert.process.LogLine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AccessLogTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final AccessLogEntry.End FROM = new AccessLogEntry.End(
            address(new byte[] {10, 0, 0, 1}, 4242), "cart-1", "shop", "spiffe://td/ns/shop/sa/cart", "c1");
    private static final AccessLogEntry.End TO = new AccessLogEntry.End(
            address(new byte[] {0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 15_008),
            "pay-1",
            "shop",
            "spiffe://td/ns/shop/sa/pay",
            "");

    @Test
    void tellsACompleteConnectionInIstiosOrder() {
        AccessLogEntry.Route route =
                new AccessLogEntry.Route(Reporter.SOURCE, FROM, TO, "10.0.0.2:8080", "pay.shop.svc.cluster.local");
        AccessLogEntry entry = new AccessLogEntry.Completed(NOW, route, 11, 22, Duration.ofMillis(1_234), "");
        assertThat(entry.level()).isEqualTo(LogLevel.INFO);
        assertThat(entry.message()).isEqualTo("connection complete");
        assertThat(entry.target()).isEqualTo("access");
        assertThat(fields(entry))
                .containsExactly(
                        "src.addr=10.0.0.1:4242",
                        "src.workload=\"cart-1\"",
                        "src.namespace=\"shop\"",
                        "src.identity=\"spiffe://td/ns/shop/sa/cart\"",
                        "src.cluster=\"c1\"",
                        "dst.addr=[2001:db8::1]:15008",
                        "dst.hbone_addr=10.0.0.2:8080",
                        "dst.service=\"pay.shop.svc.cluster.local\"",
                        "dst.workload=\"pay-1\"",
                        "dst.namespace=\"shop\"",
                        "dst.identity=\"spiffe://td/ns/shop/sa/pay\"",
                        "direction=\"outbound\"",
                        "bytes_sent=11",
                        "bytes_recv=22",
                        "duration=\"1234ms\"");
    }

    @Test
    void seesBytesFromTheServersSideInbound() {
        AccessLogEntry.Route route =
                new AccessLogEntry.Route(Reporter.DESTINATION, AccessLogEntry.End.at(FROM.address()), TO, "", "");
        AccessLogEntry entry = new AccessLogEntry.Completed(NOW, route, 11, 22, Duration.ofMillis(5), "reset");
        assertThat(entry.level()).isEqualTo(LogLevel.ERROR);
        assertThat(fields(entry))
                .startsWith("src.addr=10.0.0.1:4242", "dst.addr=[2001:db8::1]:15008", "dst.workload=\"pay-1\"")
                .endsWith(
                        "direction=\"inbound\"",
                        "bytes_sent=22",
                        "bytes_recv=11",
                        "duration=\"5ms\"",
                        "error=\"reset\"");
    }

    @Test
    void tellsOnlyTheAddressesOfAnEarlyRefusal() {
        AccessLogEntry entry =
                new AccessLogEntry.Failed(NOW, Reporter.DESTINATION, FROM.address(), TO.address(), "denied by x");
        assertThat(entry.level()).isEqualTo(LogLevel.WARN);
        assertThat(entry.message()).isEqualTo("connection failed");
        assertThat(fields(entry))
                .containsExactly(
                        "src.addr=10.0.0.1:4242",
                        "dst.addr=[2001:db8::1]:15008",
                        "direction=\"inbound\"",
                        "error=\"denied by x\"");
    }

    @Test
    void offersOnlyLinesOfItsLevel() {
        List<LogLine> taken = new ArrayList<>();
        AccessLogWriter writer = new AccessLogWriter(taken::add);
        assertThat(writer.writes(LogLevel.OFF)).isFalse();
        AccessLogEntry entry =
                new AccessLogEntry.Failed(NOW, Reporter.SOURCE, FROM.address(), TO.address(), "denied by x");
        writer.write(entry);
        assertThat(taken).containsExactly(entry);
    }

    private static List<String> fields(LogLine line) {
        List<String> all = new ArrayList<>();
        line.fields(new LogFields() {
            @Override
            public void text(String name, String value) {
                all.add(name + "=\"" + value + "\"");
            }

            @Override
            public void bare(String name, String value) {
                all.add(name + "=" + value);
            }

            @Override
            public void number(String name, long value) {
                all.add(name + "=" + value);
            }

            @Override
            public void bool(String name, boolean value) {
                all.add(name + "=" + value);
            }
        });
        return all;
    }

    private static InetSocketAddress address(byte[] ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
