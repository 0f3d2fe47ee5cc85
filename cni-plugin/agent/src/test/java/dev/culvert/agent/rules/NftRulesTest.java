package dev.culvert.agent.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.agent.PodNetns;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NftRulesTest {
    private static final TrafficRules PLAIN = new TrafficRules(true, false, false, List.of());
    private static final TrafficRules ALL = new TrafficRules(true, false, true, List.of("tap0"));

    private PodNetns pod;
    private Netns netns;
    private NetnsThread thread;
    private NftRules rules;

    @BeforeEach
    void start() throws Exception {
        pod = new PodNetns();
        netns = pod.open();
        thread = new NetnsThread();
        rules = new NftRules(new Tools(), thread);
    }

    @AfterEach
    void stop() {
        thread.close();
        netns.close();
        pod.close();
    }

    @Test
    void areThereOnceAppliedHoweverOftenAndLeaveNothingBehind() throws Exception {
        String before = pod.residue();
        assertThat(rules.check(netns, PLAIN)).isFalse();
        rules.apply(netns, PLAIN);
        String once = pod.residue();
        rules.apply(netns, PLAIN);
        assertThat(pod.residue()).isEqualTo(once);
        assertThat(once).contains("redirect to :15006").contains("fwmark 0x111/0xfff lookup 100");
        assertThat(pod.print("ip", "-6", "rule")).contains("32764:\tfrom all fwmark 0x111/0xfff lookup 100");
        assertThat(pod.print("ip", "-6", "route", "show", "table", "100")).contains("local default dev lo");
        assertThat(rules.check(netns, PLAIN)).isTrue();
        rules.remove(netns);
        assertThat(pod.residue()).isEqualTo(before);
        rules.remove(netns);
        assertThat(pod.residue()).isEqualTo(before);
    }

    @Test
    void changeFromOneSetToAnother() throws Exception {
        rules.apply(netns, ALL);
        assertThat(rules.check(netns, ALL)).isTrue();
        assertThat(rules.check(netns, PLAIN)).isFalse();
        rules.apply(netns, PLAIN);
        assertThat(rules.check(netns, PLAIN)).isTrue();
        assertThat(pod.print("nft", "list", "tables")).doesNotContain("istio-ambient-raw");
    }

    @Test
    void areFoundWantingWhenOneIsMissing() throws Exception {
        rules.apply(netns, PLAIN);
        pod.print("nft", "flush", "chain", "inet", "istio-ambient-nat", "istio-output");
        assertThat(rules.check(netns, PLAIN)).isFalse();
        rules.apply(netns, PLAIN);
        pod.print("ip", "rule", "del", "priority", "32764");
        assertThat(rules.check(netns, PLAIN)).isFalse();
        for (String family : List.of("-4", "-6")) {
            rules.apply(netns, PLAIN);
            assertThat(rules.check(netns, PLAIN)).isTrue();
            pod.print("ip", family, "route", "flush", "table", "100");
            assertThat(rules.check(netns, PLAIN))
                    .as("without the route of " + family)
                    .isFalse();
        }
        rules.apply(netns, PLAIN);
        pod.print("ip", "-6", "rule", "del", "priority", "32764");
        assertThat(rules.check(netns, PLAIN)).isFalse();
    }

    @Test
    void stayAsTheyAreWhenMendingFails() throws Exception {
        rules.apply(netns, PLAIN);
        pod.print(
                "nft",
                "delete table inet istio-ambient-mangle; add table inet istio-ambient-mangle; add chain inet "
                        + "istio-ambient-mangle output { type filter hook output priority 0; }");
        String before = pod.residue();
        assertThatThrownBy(() -> rules.mend(netns, PLAIN)).hasMessageContaining("nft failed");
        assertThat(pod.residue()).isEqualTo(before).contains("redirect to :15001");
    }

    @Test
    void areTakenOutAgainWhenAStepFails() throws Exception {
        String before = pod.residue();
        pod.print(
                "nft",
                "add table inet istio-ambient-nat; add chain inet istio-ambient-nat output "
                        + "{ type filter hook output priority 0; }");
        assertThatThrownBy(() -> rules.apply(netns, PLAIN))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nft failed");
        assertThat(pod.residue()).isEqualTo(before);
    }

    @Test
    void doWithoutIpv6WhereThePodHasNone() throws Exception {
        pod.print("sysctl", "-qw", "net.ipv6.conf.lo.disable_ipv6=1");
        rules.apply(netns, PLAIN);
        assertThat(rules.check(netns, PLAIN)).isTrue();
        assertThat(pod.print("ip", "-6", "rule")).doesNotContain("0x111");
        rules.remove(netns);
    }

    @Test
    void exemptTheHostsProbesAndAreMendedWhenOthersChangeThem() throws Exception {
        HostProbeRules probes = new HostProbeRules(new Tools(), netns, 0);
        probes.add("uid-1", List.of(InetAddress.ofLiteral("10.0.0.5"), InetAddress.ofLiteral("fd00::5")));
        probes.add("uid-2", List.of(InetAddress.ofLiteral("10.0.0.6")));
        assertThat(pod.print("nft", "list", "ruleset"))
                .contains("10.0.0.5 comment \"uid-1\"")
                .contains("fd00::5 comment \"uid-1\"")
                .contains("ip daddr @istio-inpod-probes-v4")
                .contains("snat ip to 169.254.7.127");
        assertThat(probes.reassert()).isFalse();
        pod.print("nft", "delete", "element", "inet", "istio-ambient-nat", "istio-inpod-probes-v4", "{ 10.0.0.6 }");
        assertThat(probes.reassert()).isTrue();
        probes.add("uid-3", List.of(InetAddress.ofLiteral("10.0.0.5")));
        probes.remove("uid-1");
        assertThat(pod.print("nft", "list", "ruleset"))
                .contains("10.0.0.5 comment \"uid-3\"")
                .doesNotContain("uid-1");
        probes.delete();
        assertThat(pod.print("nft", "list", "ruleset")).isEmpty();
    }
}
