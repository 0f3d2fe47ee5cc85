package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.resource.RateLimitPolicy.Descriptor;
import dev.culvert.kube.resource.RateLimitPolicy.GlobalLimit;
import dev.culvert.kube.resource.RateLimitPolicy.LocalLimit;
import dev.culvert.kube.resource.RateLimitPolicy.RequestMatch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RateLimitPolicyTest {
    private Value schema;
    private Value example;

    @BeforeEach
    void readDefinition() throws IOException {
        try (InputStream in = RateLimitPolicy.class.getResourceAsStream("/crds/culvert.dev_ratelimitpolicies.yaml")) {
            String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            Value version =
                    items(at(Manifest.document(text), "spec", "versions")).getFirst();
            schema = at(version, "schema", "openAPIV3Schema");
            example = at(schema, "example");
        }
    }

    @Test
    void theExampleOfTheDefinitionSaysWhatItShould() {
        var policy = (RateLimitPolicy) Manifest.decode(example);
        assertThat(policy.targetRefs())
                .containsExactly(
                        new TargetRef("", "Service", "shop", "checkout"),
                        new TargetRef("gateway.networking.k8s.io", "HTTPRoute", "shop", "checkout"));
        assertThat(policy.local())
                .containsExactly(
                        new LocalLimit(
                                "writes-of-each-client",
                                new RequestMatch(List.of("POST", "PUT"), "/orders", "x-tier", "free"),
                                100,
                                Duration.ofMinutes(1),
                                20,
                                new RateLimitPolicy.Key.ClientIdentity()),
                        new LocalLimit(
                                "each-user",
                                RequestMatch.ANY,
                                10,
                                Duration.ofSeconds(1),
                                10,
                                new RateLimitPolicy.Key.Header("x-user")));
        GlobalLimit global = Objects.requireNonNull(policy.global());
        assertThat(global.host()).isEqualTo("ratelimit.infra.svc.cluster.local");
        assertThat(global.port()).isEqualTo(8081);
        assertThat(global.domain()).isEqualTo("shop");
        assertThat(global.timeout()).isEqualTo(Duration.ofMillis(50));
        assertThat(global.failOpen()).isFalse();
        assertThat(global.descriptors())
                .containsExactly(
                        new Descriptor(
                                "caller-and-operation",
                                new RequestMatch(List.of(), "/orders", "x-tier", ""),
                                List.of(
                                        entry("caller", new RateLimitPolicy.Source.SourcePrincipal()),
                                        entry("service", new RateLimitPolicy.Source.DestinationService()),
                                        entry("method", new RateLimitPolicy.Source.Method()),
                                        entry("path", new RateLimitPolicy.Source.Path()))),
                        new Descriptor(
                                "user-and-address",
                                RequestMatch.ANY,
                                List.of(
                                        entry("generic_key", new RateLimitPolicy.Source.Value("by-user")),
                                        entry("user", new RateLimitPolicy.Source.RequestHeader("x-user")),
                                        entry("remote_address", new RateLimitPolicy.Source.RemoteAddress()))));
    }

    @Test
    void theShortExampleOfTheDefinitionIsReadWithDefaults() {
        Value spec = at(schema, "properties", "spec", "example");
        var policy = (RateLimitPolicy) Manifest.decode(with(example, "spec", spec));
        assertThat(policy.global()).isNull();
        assertThat(policy.local())
                .containsExactly(new LocalLimit(
                        "all", RequestMatch.ANY, 1000, Duration.ofSeconds(1), 1000, new RateLimitPolicy.Key.None()));
    }

    /// An unknown field is put into each object of the example in turn; the error then lists those that the
    /// decoder knows there.
    @Test
    void theDecoderKnowsJustTheFieldsOfTheDefinition() {
        Map<String, Set<String>> defined = new TreeMap<>();
        collect(at(schema, "properties", "spec"), "spec", defined);
        Map<String, Set<String>> known = new TreeMap<>();
        for (List<Object> place : objects(at(example, "spec"))) {
            Value spec = insert(at(example, "spec"), place);
            DecodeException error =
                    catchThrowableOfType(DecodeException.class, () -> Manifest.decode(with(example, "spec", spec)));
            assertThat(error).as("unknown field at %s", place).isNotNull();
            String path = error.path().replaceAll("\\[[0-9]+]", "[]").replaceAll("\\.bogus$", "");
            String reason = error.reason();
            String list = reason.substring(reason.indexOf('[') + 1, reason.lastIndexOf(']'));
            known.put(path, new TreeSet<>(List.of(list.split(", ", -1))));
        }
        assertThat(known).isEqualTo(defined);
    }

    private static RateLimitPolicy.Entry entry(String key, RateLimitPolicy.Source source) {
        return new RateLimitPolicy.Entry(key, source);
    }

    private static void collect(Value node, String path, Map<String, Set<String>> into) {
        var fields = ((Value.Mapping) node).fields();
        if (fields.containsKey("properties")) {
            var properties = ((Value.Mapping) at(node, "properties")).fields();
            into.put(path, new TreeSet<>(properties.keySet()));
            properties.forEach((name, child) -> collect(child, path + "." + name, into));
        }
        if (fields.containsKey("items")) {
            collect(at(node, "items"), path + "[]", into);
        }
    }

    /// The way to every object below `node`, as names and indexes.
    private static List<List<Object>> objects(Value node) {
        List<List<Object>> found = new ArrayList<>();
        if (node instanceof Value.Mapping mapping) {
            found.add(List.of());
            mapping.fields().forEach((name, child) -> addBelow(found, name, child));
        } else if (node instanceof Value.Items list) {
            for (int i = 0; i < list.items().size(); i++) {
                addBelow(found, i, list.items().get(i));
            }
        }
        return found;
    }

    private static void addBelow(List<List<Object>> found, Object step, Value child) {
        for (List<Object> rest : objects(child)) {
            List<Object> way = new ArrayList<>(List.of(step));
            way.addAll(rest);
            found.add(way);
        }
    }

    private static Value insert(Value node, List<Object> way) {
        if (way.isEmpty()) {
            return with(node, "bogus", new Value.Flag(true, 1));
        }
        List<Object> rest = way.subList(1, way.size());
        if (way.getFirst() instanceof Integer index) {
            List<Value> items = new ArrayList<>(items(node));
            items.set(index, insert(items.get(index), rest));
            return new Value.Items(items, node.line());
        }
        String name = (String) way.getFirst();
        return with(node, name, insert(at(node, name), rest));
    }

    private static Value with(Value node, String name, Value value) {
        Map<String, Value> fields = new LinkedHashMap<>(((Value.Mapping) node).fields());
        fields.put(name, value);
        return new Value.Mapping(fields, node.line());
    }

    private static Value at(Value node, String... names) {
        Value at = node;
        for (String name : names) {
            at = Objects.requireNonNull(((Value.Mapping) at).fields().get(name), name);
        }
        return at;
    }

    private static List<Value> items(Value node) {
        return ((Value.Items) node).items();
    }
}
