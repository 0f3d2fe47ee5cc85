package dev.culvert.controlplane.gateway;

import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.TextMatch;
import dev.culvert.kube.resource.VirtualService;
import dev.culvert.kube.resource.VirtualService.Action;
import dev.culvert.kube.resource.VirtualService.HttpMatch;
import dev.culvert.kube.resource.VirtualService.HttpRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Puts the rules of delegates in the place of the rules that delegate to them. Pure but for the delegates it
/// asks for.
///
/// A delegate's rule holds where its condition and that of the rule that delegates both hold, and has from the
/// latter what it does not say itself. Delegates do not delegate on.
///
/// @param find a VirtualService by its key
record VirtualDelegates(Function<ResourceKey, @Nullable VirtualService> find) {
    private static final TextMatch.Present ANY = new TextMatch.Present();

    /// A rule with its name, and the namespace that its hosts are read in.
    ///
    /// @param problem why it cannot be followed; empty when it can
    record Flat(String name, String namespace, HttpRule rule, String problem) {}

    /// The rules of `virtual`, none of which delegates.
    List<Flat> flatten(VirtualService virtual) {
        List<Flat> rules = new ArrayList<>();
        int index = 0;
        for (HttpRule rule : virtual.http()) {
            String name = name(virtual, rule.name(), index++);
            if (rule.action() instanceof Action.Delegate(String namespace, String delegate)) {
                rules.addAll(delegated(virtual, rule, name, new ResourceKey(namespace, delegate)));
            } else {
                rules.add(new Flat(name, virtual.metadata().namespace(), rule, ""));
            }
        }
        return rules;
    }

    static String name(VirtualService virtual, String rule, int index) {
        return "VirtualService " + virtual.key() + ServicePlan.RULE + (rule.isEmpty() ? String.valueOf(index) : rule);
    }

    private List<Flat> delegated(VirtualService root, HttpRule by, String name, ResourceKey key) {
        String home = root.metadata().namespace();
        VirtualService delegate = find.apply(key);
        if (delegate == null || !delegate.hosts().isEmpty() || !VirtualRoutes.visible(delegate, home)) {
            String problem = "there is no VirtualService " + key + " without hosts to delegate to";
            return List.of(new Flat(name, home, by, problem));
        }
        List<Flat> rules = new ArrayList<>();
        int index = 0;
        for (HttpRule rule : delegate.http()) {
            String own = name(delegate, rule.name(), index++);
            List<HttpMatch> matches = both(by.matches(), rule.matches());
            if (matches != null) {
                String problem = rule.action() instanceof Action.Delegate
                        ? "VirtualService " + key + " delegates on, which a delegate may not"
                        : "";
                rules.add(new Flat(own, key.namespace(), merged(by, rule, matches), problem));
            }
        }
        return rules;
    }

    private static HttpRule merged(HttpRule by, HttpRule rule, List<HttpMatch> matches) {
        boolean rewrites = !rule.rewrite().authority().isEmpty()
                || !(rule.rewrite().uri() instanceof VirtualService.UriRewrite.Keep);
        return new HttpRule(
                rule.name(),
                matches,
                rule.action(),
                rewrites ? rule.rewrite() : by.rewrite(),
                rule.timeout() == null ? by.timeout() : rule.timeout(),
                rule.retries() == null ? by.retries() : rule.retries(),
                rule.fault().delay() == null && rule.fault().abort() == null ? by.fault() : rule.fault(),
                rule.mirrors().isEmpty() ? by.mirrors() : rule.mirrors(),
                rule.cors() == null ? by.cors() : rule.cors(),
                rule.headers().isEmpty() ? by.headers() : rule.headers());
    }

    /// The conditions of which one of each holds; null when there are none that could hold together.
    private static @Nullable List<HttpMatch> both(List<HttpMatch> outer, List<HttpMatch> inner) {
        if (outer.isEmpty() || inner.isEmpty()) {
            return outer.isEmpty() ? inner : outer;
        }
        List<HttpMatch> all = new ArrayList<>();
        for (HttpMatch one : outer) {
            for (HttpMatch other : inner) {
                HttpMatch joined = both(one, other);
                if (joined != null) {
                    all.add(joined);
                }
            }
        }
        return all.isEmpty() ? null : all;
    }

    private static @Nullable HttpMatch both(HttpMatch outer, HttpMatch inner) {
        Map<String, TextMatch> headers = joined(outer.headers(), inner.headers());
        Map<String, TextMatch> without = joined(outer.withoutHeaders(), inner.withoutHeaders());
        Map<String, TextMatch> query = joined(outer.queryParams(), inner.queryParams());
        boolean possible = compatible(outer.uri(), inner.uri())
                && compatible(outer.scheme(), inner.scheme())
                && compatible(outer.method(), inner.method())
                && compatible(outer.authority(), inner.authority())
                && (outer.port() == 0 || inner.port() == 0 || outer.port() == inner.port())
                && (outer.sourceNamespace().isEmpty()
                        || inner.sourceNamespace().isEmpty()
                        || outer.sourceNamespace().equals(inner.sourceNamespace()));
        if (!possible || headers == null || without == null || query == null) {
            return null;
        }
        Map<String, String> labels = new HashMap<>(outer.sourceLabels());
        labels.putAll(inner.sourceLabels());
        return new HttpMatch(
                inner.name().isEmpty() ? outer.name() : inner.name(),
                narrower(outer.uri(), inner.uri()),
                inner.uri() == null ? outer.ignoreUriCase() : inner.ignoreUriCase(),
                narrower(outer.scheme(), inner.scheme()),
                narrower(outer.method(), inner.method()),
                narrower(outer.authority(), inner.authority()),
                headers,
                without,
                query,
                Math.max(outer.port(), inner.port()),
                labels,
                inner.sourceNamespace().isEmpty() ? outer.sourceNamespace() : inner.sourceNamespace(),
                outer.gateways().isEmpty() ? inner.gateways() : outer.gateways());
    }

    /// Null when a name has conditions in both that do not hold together.
    private static @Nullable Map<String, TextMatch> joined(Map<String, TextMatch> outer, Map<String, TextMatch> inner) {
        Map<String, TextMatch> all = new HashMap<>(outer);
        for (Map.Entry<String, TextMatch> each : inner.entrySet()) {
            TextMatch other = outer.get(each.getKey());
            if (!compatible(other, each.getValue())) {
                return null;
            }
            all.put(each.getKey(), each.getValue());
        }
        return all;
    }

    private static @Nullable TextMatch narrower(@Nullable TextMatch outer, @Nullable TextMatch inner) {
        return inner == null ? outer : inner;
    }

    /// Whether what `inner` admits lies within what `outer` admits, as far as can be told.
    private static boolean compatible(@Nullable TextMatch outer, @Nullable TextMatch inner) {
        if (outer == null || inner == null || outer.equals(ANY) || outer.equals(inner)) {
            return true;
        }
        return outer instanceof TextMatch.Prefix(String start)
                && switch (inner) {
                    case TextMatch.Exact(String text) -> text.startsWith(start);
                    case TextMatch.Prefix(String text) -> text.startsWith(start);
                    case TextMatch.Regex _, TextMatch.Present _ -> false;
                };
    }
}
