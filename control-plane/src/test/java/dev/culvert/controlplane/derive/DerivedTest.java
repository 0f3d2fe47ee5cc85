package dev.culvert.controlplane.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DerivedTest {
    private final Graph graph = new Graph();
    private final Input<String, List<String>> sources = graph.input("sources");
    private final Derived<String, List<String>, String, String> derived =
            graph.derive("derived", sources, (keys, _) -> {
                Map<String, String> values = new LinkedHashMap<>();
                keys.subList(1, keys.size()).forEach(key -> values.put(key, keys.getFirst()));
                return values;
            });

    private void put(String source, String... keys) {
        List<String> value = new ArrayList<>(List.of(source));
        value.addAll(List.of(keys));
        sources.put(source, value);
        graph.settle();
    }

    @Test
    void aKeyThatSeveralSourcesGivePassesOnInTheOrderInWhichTheyCame() {
        put("a", "k");
        put("b", "k");
        put("c", "k");
        assertThat(derived.get("k")).isEqualTo("a");
        sources.remove("a");
        graph.settle();
        assertThat(derived.get("k")).isEqualTo("b");
        put("a", "k");
        put("b");
        assertThat(derived.get("k")).isEqualTo("c");
        put("c");
        assertThat(derived.get("k")).isEqualTo("a");
        put("a");
        assertThat(derived.get("k")).isNull();
        put("b", "k");
        assertThat(derived.get("k")).isEqualTo("b");
    }

    @Test
    void aSourceThatNoLongerGivesAKeyDoesNotInheritIt() {
        put("a", "k");
        put("b", "k");
        put("b", "other");
        sources.remove("a");
        graph.settle();
        assertThat(derived.get("k")).isNull();
        assertThat(derived.get("other")).isEqualTo("b");
    }
}
