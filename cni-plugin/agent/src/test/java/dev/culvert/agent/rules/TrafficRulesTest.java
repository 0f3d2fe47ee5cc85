package dev.culvert.agent.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficRulesTest {
    private static final TrafficRules PLAIN = new TrafficRules(true, false, false, List.of());

    @Test
    void captureWhatComesAndGoesInTheOrderOfIstiosTables() {
        assertThat(PLAIN.apply()).isEqualTo("""
                        add table inet istio-ambient-mangle
                        flush table inet istio-ambient-mangle
                        add chain inet istio-ambient-mangle prerouting { type filter hook prerouting priority -150 ; policy accept ; }
                        add chain inet istio-ambient-mangle output { type route hook output priority -150 ; policy accept ; }
                        add chain inet istio-ambient-mangle istio-prerouting
                        add chain inet istio-ambient-mangle istio-output
                        add rule inet istio-ambient-mangle prerouting counter jump istio-prerouting
                        add rule inet istio-ambient-mangle output counter jump istio-output
                        add rule inet istio-ambient-mangle istio-prerouting meta mark & 0xfff == 0x539 counter ct mark set ct mark & 0xfffff000 | 0x111
                        add rule inet istio-ambient-mangle istio-output ct mark & 0xfff == 0x111 counter meta mark set ct mark
                        add table inet istio-ambient-nat
                        flush table inet istio-ambient-nat
                        add chain inet istio-ambient-nat prerouting { type nat hook prerouting priority -100 ; policy accept ; }
                        add chain inet istio-ambient-nat output { type nat hook output priority -100 ; policy accept ; }
                        add chain inet istio-ambient-nat istio-prerouting
                        add chain inet istio-ambient-nat istio-output
                        add rule inet istio-ambient-nat prerouting counter jump istio-prerouting
                        add rule inet istio-ambient-nat output counter jump istio-output
                        add rule inet istio-ambient-nat istio-prerouting meta l4proto tcp ip saddr 169.254.7.127 counter accept
                        add rule inet istio-ambient-nat istio-prerouting meta l4proto tcp ip6 saddr fd16:9254:7127:1337:ffff:ffff:ffff:ffff counter accept
                        add rule inet istio-ambient-nat istio-prerouting ip daddr != 127.0.0.1/32 tcp dport != 15008 meta mark & 0xfff != 0x539 counter redirect to :15006
                        add rule inet istio-ambient-nat istio-prerouting ip6 daddr != ::1/128 tcp dport != 15008 meta mark & 0xfff != 0x539 counter redirect to :15006
                        add rule inet istio-ambient-nat istio-output meta l4proto tcp ip daddr 169.254.7.127 counter accept
                        add rule inet istio-ambient-nat istio-output meta l4proto tcp ip6 daddr fd16:9254:7127:1337:ffff:ffff:ffff:ffff counter accept
                        add rule inet istio-ambient-nat istio-output meta l4proto tcp meta mark & 0xfff == 0x111 counter accept
                        add rule inet istio-ambient-nat istio-output oifname "lo" ip daddr != 127.0.0.1/32 counter accept
                        add rule inet istio-ambient-nat istio-output oifname "lo" ip6 daddr != ::1/128 counter accept
                        add rule inet istio-ambient-nat istio-output meta l4proto tcp ip daddr != 127.0.0.1/32 meta mark & 0xfff != 0x539 counter redirect to :15001
                        add rule inet istio-ambient-nat istio-output meta l4proto tcp ip6 daddr != ::1/128 meta mark & 0xfff != 0x539 counter redirect to :15001
                        add table inet istio-ambient-raw
                        delete table inet istio-ambient-raw
                        """);
    }

    @Test
    void captureOnlyWhatGoesWhenInboundIsBypassed() {
        String text = new TrafficRules(true, true, false, List.of()).apply();
        assertThat(text).doesNotContain("15006").doesNotContain("saddr").contains("redirect to :15001");
    }

    @Test
    void treatWhatComesFromAVirtualInterfaceAsGoing() {
        assertThat(new TrafficRules(false, false, false, List.of("tap0")).apply())
                .containsSubsequence(
                        "istio-prerouting iifname \"tap0\" meta l4proto tcp counter redirect to :15001",
                        "istio-prerouting iifname \"tap0\" meta l4proto tcp counter return",
                        "istio-prerouting meta l4proto tcp ip saddr 169.254.7.127");
        assertThatThrownBy(() -> new TrafficRules(true, false, false, List.of("x\" accept")))
                .hasMessageContaining("is no interface name");
    }

    @Test
    void captureDnsInItsOwnConntrackZone() {
        assertThat(new TrafficRules(true, false, true, List.of()).apply())
                .containsSubsequence(
                        "istio-output oifname != \"lo\" meta mark & 0xfff != 0x539 udp dport 53 counter redirect to :15053",
                        "istio-output ip daddr != 127.0.0.1/32 tcp dport 53 meta mark & 0xfff != 0x539 counter redirect to :15053",
                        "istio-output ip6 daddr != ::1/128 tcp dport 53",
                        "istio-output meta l4proto tcp meta mark & 0xfff == 0x111 counter accept",
                        "add table inet istio-ambient-raw",
                        "istio-output udp dport 53 meta mark & 0xfff == 0x539 counter ct zone set 1",
                        "istio-prerouting udp sport 53 meta mark & 0xfff != 0x539 counter ct zone set 1");
    }

    @Test
    void leaveIpv6AloneWhenItIsSwitchedOff() {
        assertThat(new TrafficRules(false, false, true, List.of()).apply()).doesNotContain("ip6");
    }
}
