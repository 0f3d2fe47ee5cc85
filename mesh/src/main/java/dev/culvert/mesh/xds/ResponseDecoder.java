package dev.culvert.mesh.xds;

import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Resource;
import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns a whole response into an [Update] before anything of it is applied; a bad resource rejects itself only.
///
/// Confined to the thread that decodes.
final class ResponseDecoder {
    private final AddressDecoder addresses = new AddressDecoder();

    Update decode(DeltaDiscoveryResponse response) {
        return switch (response.getTypeUrl()) {
            case TypeUrls.ADDRESS -> addresses(response);
            case TypeUrls.AUTHORIZATION -> policies(response);
            default -> throw new IllegalArgumentException("no decoder of " + response.getTypeUrl());
        };
    }

    private Update addresses(DeltaDiscoveryResponse response) {
        List<Workload> workloads = new ArrayList<>();
        List<Service> services = new ArrayList<>();
        return decodeEach(
                response,
                resource -> switch (addresses.decode(resource.getResource().getValue())) {
                    case AddressDecoder.Decoded.OfWorkload(Workload workload) -> {
                        workloads.add(workload);
                        yield shared(resource.getName(), workload.uid().value());
                    }
                    case AddressDecoder.Decoded.OfService(Service service) -> {
                        services.add(service);
                        yield resource.getName();
                    }
                },
                () -> MeshBatch.ofAddresses(response.getRemovedResourcesList(), workloads, services));
    }

    private static Update policies(DeltaDiscoveryResponse response) {
        List<Authorization> policies = new ArrayList<>();
        List<PolicyKey> removed = response.getRemovedResourcesList().stream()
                .map(PolicyKey::parse)
                .toList();
        return decodeEach(
                response,
                resource -> {
                    policies.add(
                            AuthorizationDecoder.decode(resource.getResource().getValue()));
                    return resource.getName();
                },
                () -> MeshBatch.ofPolicies(removed, policies));
    }

    /// The uid where it is the name too, as it nearly always is: names are kept for every workload, so the
    /// text is not to be kept twice.
    private static String shared(String name, String uid) {
        return name.equals(uid) ? uid : name;
    }

    /// Takes a resource in, and gives the name under which its version is kept.
    private interface Accept {
        String resource(Resource resource) throws Rejected;
    }

    private interface Finish {
        MeshBatch batch();
    }

    private static Update decodeEach(DeltaDiscoveryResponse response, Accept accept, Finish finish) {
        Map<String, String> accepted = new HashMap<>();
        List<String> aliases = new ArrayList<>();
        List<String> rejections = new ArrayList<>();
        for (Resource resource : response.getResourcesList()) {
            try {
                String type = resource.getResource().getTypeUrl();
                if (!type.equals(response.getTypeUrl())) {
                    throw new Rejected("resource is of type '" + type + "'; expected " + response.getTypeUrl());
                }
                accepted.put(accept.resource(resource), resource.getVersion());
                aliases.addAll(resource.getAliasesList());
            } catch (Rejected e) {
                rejections.add(resource.getName() + ": " + e.reason());
            }
        }
        return new Update(
                finish.batch(), new Applied(accepted, response.getRemovedResourcesList(), aliases, rejections));
    }
}
