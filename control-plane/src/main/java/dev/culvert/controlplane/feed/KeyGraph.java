package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.gateway.AuthenticationMessages.Keys;
import dev.culvert.controlplane.keys.KeyNeed;
import dev.culvert.controlplane.keys.KeySource;
import dev.culvert.kube.resource.RequestAuthentication;
import dev.culvert.kube.resource.RequestAuthentication.JwtRule;
import dev.culvert.kube.resource.ResourceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The keys that policies need, asked of their source and put among the inputs. Confined to the `derive`
/// thread.
final class KeyGraph {
    private static final Keys NOBODYS =
            new Keys("", "the rule has neither jwks nor jwksUri, and its issuer is no URL to ask for them");

    private final MeshInputs inputs;
    private final KeySource source;
    private final Executor thread;
    private final Runnable changed;
    private final Map<String, KeyNeed> wanted = new HashMap<>();
    private final Set<String> unanswered = new HashSet<>();

    /// @param thread  to come back to
    /// @param changed told there when an input has changed
    KeyGraph(Graph graph, MeshInputs inputs, KeySource source, Executor thread, Runnable changed) {
        this.inputs = inputs;
        this.source = source;
        this.thread = thread;
        this.changed = changed;
        Derived<ResourceKey, RequestAuthentication, String, KeyNeed> needs =
                graph.derive("keyNeeds", inputs.authentications, (policy, _) -> needs(policy));
        needs.onChange(change -> {
            KeyNeed before = change.before();
            KeyNeed after = change.after();
            if (after != null) {
                want(after);
            } else if (before != null) {
                forget(before);
            }
        });
    }

    /// What is known of the keys of `rule`, which does not bring them.
    static @Nullable Keys find(MeshInputs inputs, JwtRule rule, Fetch fetch) {
        KeyNeed need = KeyNeed.of(rule);
        return need == null ? NOBODYS : fetch.one(inputs.keys, need.key());
    }

    /// Whether each key set that is needed has been asked for once.
    boolean answered() {
        return unanswered.isEmpty();
    }

    private static Map<String, KeyNeed> needs(RequestAuthentication policy) {
        Map<String, KeyNeed> needs = new HashMap<>();
        for (JwtRule rule : policy.jwtRules()) {
            KeyNeed need = KeyNeed.of(rule);
            if (need != null) {
                needs.putIfAbsent(need.key(), need);
            }
        }
        return needs;
    }

    private void want(KeyNeed need) {
        wanted.put(need.key(), need);
        if (inputs.keys.get(need.key()) == null) {
            unanswered.add(need.key());
        }
        source.want(need, keys -> thread.execute(() -> found(need, keys)));
    }

    /// What has been found in the meantime must not change an input while others are being derived.
    private void forget(KeyNeed need) {
        wanted.remove(need.key());
        unanswered.remove(need.key());
        source.forget(need);
        thread.execute(() -> {
            if (!wanted.containsKey(need.key())) {
                inputs.keys.remove(need.key());
                changed.run();
            }
        });
    }

    private void found(KeyNeed need, Keys keys) {
        if (need.equals(wanted.get(need.key()))) {
            unanswered.remove(need.key());
            inputs.keys.put(need.key(), keys);
            changed.run();
        }
    }
}
