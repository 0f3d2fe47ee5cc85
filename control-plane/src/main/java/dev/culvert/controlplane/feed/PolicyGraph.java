package dev.culvert.controlplane.feed;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.derive.ResourceTable;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.policy.AuthorizationBuilder;
import dev.culvert.controlplane.policy.BuiltPolicy;
import dev.culvert.controlplane.policy.PeerAuthenticationBuilder;
import dev.culvert.controlplane.policy.Selectors;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.PeerAuthentication;
import dev.culvert.kube.resource.PeerAuthentication.Mode;
import dev.culvert.kube.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Policies of the mesh, and which workload refers to which. Confined to the `derive` thread.
final class PolicyGraph {
    private final MeshInputs inputs;
    private final Index<Selectors.Bucket, ResourceKey, BuiltFor> bySelector;
    private final Index<String, ResourceKey, PeerAuthentication> peersOfNamespace;
    private final Index<Selectors.Bucket, ResourceKey, PeerAuthentication> peersBySelector;

    /// What becomes of each policy, for the status as well.
    final Derived<ResourceKey, AuthorizationPolicy, ResourceKey, BuiltFor> built;
    /// What node proxies get.
    final List<Collection<String, XdsResource>> resources;

    /// A policy and what became of it.
    record BuiltFor(AuthorizationPolicy policy, BuiltPolicy result) {}

    PolicyGraph(Graph graph, MeshInputs inputs, MeshSettings settings) {
        this.inputs = inputs;
        built = graph.derive("builtPolicies", inputs.authorizations, (policy, fetch) -> {
            String root = mesh(fetch).rootNamespace();
            return Map.of(
                    policy.key(),
                    new BuiltFor(policy, new AuthorizationBuilder(root, settings.dryRun()).build(policy)));
        });
        bySelector = built.index(entry -> entry.result.authorization() == null
                ? Set.of()
                : Selectors.bucket(entry.policy.metadata().namespace(), entry.policy.selector()));
        peersOfNamespace = inputs.peers.index(
                policy -> policy.selector().isEmpty() ? Set.of(policy.metadata().namespace()) : Set.of());
        peersBySelector =
                inputs.peers.index(policy -> Selectors.bucket(policy.metadata().namespace(), policy.selector()));
        resources = List.of(
                graph.derive("authorizations", built, (entry, _) -> resource(entry.result.authorization())),
                graph.derive("peerPolicies", inputs.peers, (policy, fetch) -> {
                    String namespace = policy.metadata().namespace();
                    return namespace.equals(mesh(fetch).rootNamespace())
                            ? Map.of()
                            : resource(PeerAuthenticationBuilder.byPort(policy, inherited(namespace, fetch)));
                }),
                graph.derive(
                        "staticStrict",
                        inputs.config,
                        (mesh, fetch) -> fetch.all(inputs.peers).isEmpty()
                                ? Map.of()
                                : resource(PeerAuthenticationBuilder.staticStrict(mesh.rootNamespace()))));
    }

    /// The policies that a workload with `labels` refers to, in the order of the wire contract.
    List<String> references(String namespace, Map<String, String> labels, Fetch fetch) {
        String root = mesh(fetch).rootNamespace();
        Set<String> selected = new TreeSet<>();
        for (String where : new TreeSet<>(List.of(namespace, root))) {
            for (Selectors.Bucket bucket : Selectors.lookups(where, labels)) {
                for (BuiltFor entry : fetch.bucket(bySelector, bucket)) {
                    if (Selectors.matches(entry.policy.selector(), labels)) {
                        selected.add(entry.policy.key().toString());
                    }
                }
            }
        }
        List<String> references = new ArrayList<>(selected);
        String peer = peerReference(namespace, labels, root, fetch);
        if (peer != null) {
            references.add(peer);
        }
        return references;
    }

    private @Nullable String peerReference(String namespace, Map<String, String> labels, String root, Fetch fetch) {
        List<PeerAuthentication> candidates = new ArrayList<>();
        for (Selectors.Bucket bucket : Selectors.lookups(namespace, labels)) {
            candidates.addAll(fetch.bucket(peersBySelector, bucket));
        }
        PeerAuthentication selecting =
                PeerAuthenticationBuilder.oldest(PeerAuthenticationBuilder.selecting(candidates, labels, root));
        return PeerAuthenticationBuilder.reference(selecting, inherited(namespace, fetch), root);
    }

    /// The mode that holds for a namespace as a whole.
    private Mode inherited(String namespace, Fetch fetch) {
        String root = mesh(fetch).rootNamespace();
        PeerAuthentication meshWide = PeerAuthenticationBuilder.oldest(fetch.bucket(peersOfNamespace, root));
        PeerAuthentication own = PeerAuthenticationBuilder.oldest(fetch.bucket(peersOfNamespace, namespace));
        return PeerAuthenticationBuilder.mode(own, PeerAuthenticationBuilder.mode(meshWide, Mode.PERMISSIVE));
    }

    private MeshConfig mesh(Fetch fetch) {
        return Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY));
    }

    static Map<String, XdsResource> resource(@Nullable Authorization policy) {
        if (policy == null) {
            return Map.of();
        }
        String name = policy.getNamespace() + "/" + policy.getName();
        return Map.of(name, ResourceTable.resource(TypeUrls.AUTHORIZATION, name, policy, List.of()));
    }
}
