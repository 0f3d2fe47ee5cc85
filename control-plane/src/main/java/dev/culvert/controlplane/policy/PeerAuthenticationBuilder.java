package dev.culvert.controlplane.policy;

import com.google.protobuf.Empty;
import dev.culvert.api.authorization.Action;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.authorization.Clause;
import dev.culvert.api.authorization.Match;
import dev.culvert.api.authorization.Rule;
import dev.culvert.api.authorization.Scope;
import dev.culvert.api.authorization.StringMatch;
import dev.culvert.kube.resource.PeerAuthentication;
import dev.culvert.kube.resource.PeerAuthentication.Mode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes PeerAuthentication into L4 denials of callers without a verified identity. Pure.
///
/// DISABLE is the same as PERMISSIVE: a node proxy always accepts its own tunnel.
public final class PeerAuthenticationBuilder {
    /// The one policy, in the root namespace, that every STRICT workload refers to.
    public static final String STATIC_STRICT = "istio_converted_static_strict";

    private static final String CONVERTED = "converted_peer_authentication_";
    private static final Comparator<PeerAuthentication> OLDEST = Comparator.comparing(
                    (PeerAuthentication policy) -> policy.metadata().creationTimestamp())
            .thenComparing(PeerAuthentication::key);

    private PeerAuthenticationBuilder() {}

    /// The oldest of `policies`, which is the one in force among equals; null when there is none.
    public static @Nullable PeerAuthentication oldest(Collection<PeerAuthentication> policies) {
        return policies.stream().min(OLDEST).orElse(null);
    }

    /// Denies all who have no verified identity.
    public static Authorization staticStrict(String rootNamespace) {
        return denial(rootNamespace, STATIC_STRICT)
                .addRules(rule(withoutIdentity()))
                .build();
    }

    /// The mode that a level sets, seen from the level below it.
    ///
    /// @param policy    null when the level says nothing
    /// @param inherited what holds above
    public static Mode mode(@Nullable PeerAuthentication policy, Mode inherited) {
        Mode own = policy == null ? Mode.UNSET : policy.mode();
        return own == Mode.UNSET ? inherited : own;
    }

    /// The policy that carries the modes by port of `policy`; null when the default mode alone says the same.
    ///
    /// @param inherited what holds for the namespace
    public static @Nullable Authorization byPort(PeerAuthentication policy, Mode inherited) {
        boolean strict = mode(policy, inherited) == Mode.STRICT;
        Map<Integer, Mode> exceptions = new TreeMap<>();
        policy.portModes().forEach((port, mode) -> {
            if (mode != Mode.UNSET && (mode == Mode.STRICT) != strict) {
                exceptions.put(port, mode);
            }
        });
        if (policy.selector().isEmpty() || exceptions.isEmpty()) {
            return null;
        }
        Authorization.Builder denial = denial(
                policy.metadata().namespace(), CONVERTED + policy.metadata().name());
        if (strict) {
            return denial.addRules(rule(withoutIdentity().addAllNotDestinationPorts(exceptions.keySet())))
                    .build();
        }
        for (int port : exceptions.keySet()) {
            denial.addRules(rule(withoutIdentity().addDestinationPorts(port)));
        }
        return denial.build();
    }

    /// The name of the policy that a workload refers to; null when it accepts everybody.
    ///
    /// @param selecting the policy whose selector is in force for the workload, or null
    /// @param inherited what holds for its namespace
    public static @Nullable String reference(
            @Nullable PeerAuthentication selecting, Mode inherited, String rootNamespace) {
        if (selecting != null) {
            Authorization byPort = byPort(selecting, inherited);
            if (byPort != null) {
                return byPort.getNamespace() + "/" + byPort.getName();
            }
        }
        return mode(selecting, inherited) == Mode.STRICT ? rootNamespace + "/" + STATIC_STRICT : null;
    }

    /// The selecting policies that count: those of the root namespace do not.
    public static List<PeerAuthentication> selecting(
            Collection<PeerAuthentication> policies, Map<String, String> labels, String rootNamespace) {
        return policies.stream()
                .filter(policy -> !policy.metadata().namespace().equals(rootNamespace))
                .filter(policy -> Selectors.matches(policy.selector(), labels))
                .toList();
    }

    private static Authorization.Builder denial(String namespace, String name) {
        return Authorization.newBuilder()
                .setName(name)
                .setNamespace(namespace)
                .setScope(Scope.WORKLOAD_SELECTOR)
                .setAction(Action.DENY);
    }

    private static Rule rule(Match.Builder match) {
        return Rule.newBuilder()
                .addClauses(Clause.newBuilder().addMatches(match))
                .build();
    }

    private static Match.Builder withoutIdentity() {
        return Match.newBuilder().addNotPrincipals(StringMatch.newBuilder().setPresence(Empty.getDefaultInstance()));
    }
}
