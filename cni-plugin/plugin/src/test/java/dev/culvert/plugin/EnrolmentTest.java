package dev.culvert.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrolmentTest {
    private static final String MODE = "istio.io/dataplane-mode";

    private static Map<String, String> mode(String value) {
        return value == null ? Map.of() : Map.of(MODE, value);
    }

    private static PodFacts pod(String namespace, Map<String, String> labels, Map<String, String> ofNamespace) {
        return new PodFacts(namespace, "p", false, labels, Map.of(), ofNamespace);
    }

    @ParameterizedTest
    @CsvSource({
        ",,false",
        "ambient,,true",
        ",ambient,true",
        "none,ambient,false",
        "ambient,none,true",
        "ambient,ambient,true",
        "none,,false",
        ",none,false",
        "Ambient,,false"
    })
    void followsTheLabelOfThePodOrOfItsNamespace(String pod, String namespace, boolean enrolled) {
        Enrolment.Verdict verdict = Enrolment.DEFAULT.judge(pod("shop", mode(pod), mode(namespace)));
        assertThat(verdict instanceof Enrolment.Enrol).as(verdict.reason()).isEqualTo(enrolled);
    }

    @Test
    void leavesExcludedNamespacesHostNetworkAndSidecarsAlone() {
        assertThat(Enrolment.DEFAULT.judge(pod("kube-system", mode("ambient"), mode("ambient"))))
                .isEqualTo(new Enrolment.PassOver("namespace kube-system is excluded"));
        assertThat(Enrolment.DEFAULT.judge(new PodFacts("a", "p", true, mode("ambient"), Map.of(), Map.of())))
                .isEqualTo(new Enrolment.PassOver("the pod uses the host's network"));
        assertThat(Enrolment.DEFAULT.judge(new PodFacts(
                        "a", "p", false, mode("ambient"), Map.of("sidecar.istio.io/status", "{}"), Map.of())))
                .isInstanceOf(Enrolment.PassOver.class);
    }

    @Test
    void takesSelectorsFromTheConfiguration() {
        Enrolment rule = Enrolment.of(
                Json.parse("[{\"podSelector\":{\"matchLabels\":{\"mesh\":\"yes\"}},"
                        + "\"namespaceSelector\":{\"matchExpressions\":[{\"key\":\"team\",\"operator\":\"In\","
                        + "\"values\":[\"a\",\"b\"]},{\"key\":\"legacy\",\"operator\":\"DoesNotExist\"}]}}]"),
                Set.of());
        assertThat(rule.judge(pod("x", Map.of("mesh", "yes"), Map.of("team", "b"))))
                .isInstanceOf(Enrolment.Enrol.class);
        assertThat(rule.judge(pod("x", Map.of("mesh", "yes"), Map.of("team", "c"))))
                .isInstanceOf(Enrolment.PassOver.class);
        assertThat(rule.judge(pod("x", Map.of("mesh", "yes"), Map.of("team", "a", "legacy", ""))))
                .isInstanceOf(Enrolment.PassOver.class);
        assertThat(rule.judge(pod("x", mode("ambient"), mode("ambient")))).isInstanceOf(Enrolment.PassOver.class);
    }

    @Test
    void refusesAnUnknownOperator() {
        Object selectors =
                Json.parse("[{\"podSelector\":{\"matchExpressions\":[{\"key\":\"k\",\"operator\":\"Near\"}]}}]");
        assertThatThrownBy(() -> Enrolment.of(selectors, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("operator is 'Near'");
    }
}
