package dev.culvert.controlplane.derive;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A collection that is computed: each value of the source collection gives any number of values here.
/// Confined to the `derive` thread.
///
/// The function must be pure: it may look at its arguments and at what it fetches, and at nothing else. When
/// two sources give the same key, the first one's value stays until it is withdrawn.
public final class Derived<S, T, K, V> extends Collection<K, V> {
    private static final Logger LOG = LoggerFactory.getLogger(Derived.class);

    /// What a value of the source gives.
    @FunctionalInterface
    public interface Rule<T, K, V> {
        Map<K, V> derive(T source, Fetch fetch);
    }

    private final Collection<S, T> source;
    private final Rule<T, K, V> rule;
    private final Set<S> dirty = new LinkedHashSet<>();
    private final Map<S, Computation> computations = new HashMap<>();
    private final Map<S, Map<K, V>> results = new HashMap<>();
    private final Map<K, S> owners = new HashMap<>();
    /// Who else gives a key, in the order in which they came; most keys have nobody.
    private final Map<K, Set<S>> heirs = new HashMap<>();
    private long computed;

    Derived(String name, Collection<S, T> source, Rule<T, K, V> rule) {
        super(name);
        this.source = source;
        this.rule = rule;
        dirty.addAll(source.keys());
        source.onChange(change -> dirty.add(change.key()));
    }

    /// How many times the rule has run; a measure of what a change costs.
    public long computed() {
        return computed;
    }

    /// Computes what is out of date.
    void settle() {
        Set<S> keys = new LinkedHashSet<>(dirty);
        dirty.clear();
        keys.forEach(this::compute);
    }

    private void compute(S key) {
        T value = source.get(key);
        if (value == null) {
            Computation gone = computations.remove(key);
            if (gone != null) {
                gone.reset();
            }
            replace(key, Map.of());
            return;
        }
        Computation computation = computations.computeIfAbsent(key, k -> new Computation(() -> dirty.add(k)));
        computation.reset();
        computed++;
        try {
            replace(key, rule.derive(value, new Fetch(computation)));
        } catch (RuntimeException e) {
            // What was derived before stays: one bad object must not take the others with it.
            LOG.atError()
                    .addKeyValue("collection", name())
                    .addKeyValue("key", key)
                    .setCause(e)
                    .log("could not derive from an object, its last good result stays");
        }
    }

    private void replace(S key, Map<K, V> now) {
        Map<K, V> before = now.isEmpty() ? results.remove(key) : results.put(key, new LinkedHashMap<>(now));
        if (before != null) {
            before.keySet().stream().filter(k -> !now.containsKey(k)).forEach(k -> withdraw(k, key));
        }
        now.forEach((k, v) -> {
            if (key.equals(owners.computeIfAbsent(k, _ -> key))) {
                store(k, v);
            } else {
                heirs.computeIfAbsent(k, _ -> new LinkedHashSet<>()).add(key);
            }
        });
    }

    /// Takes a value away, or passes its key on to the next source that gives it.
    private void withdraw(K key, S source) {
        Set<S> waiting = heirs.get(key);
        S heir = null;
        if (source.equals(owners.get(key))) {
            heir = waiting == null ? null : waiting.iterator().next();
            if (heir == null) {
                owners.remove(key);
                store(key, null);
                return;
            }
            owners.put(key, heir);
            store(key, results.getOrDefault(heir, Map.of()).get(key));
        }
        S served = heir == null ? source : heir;
        if (waiting != null && waiting.remove(served) && waiting.isEmpty()) {
            heirs.remove(key);
        }
    }
}
