package dev.culvert.kube.client;

import dev.culvert.kube.ObjectRef;
import dev.culvert.kube.ObjectWriter;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes annotations and conditions through a Kubernetes API server, as merge patches that carry the
/// object's uid, so that the server refuses them for a later object of the same name. Thread-safe.
public final class ApiServerWriter implements ObjectWriter {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;

    public ApiServerWriter(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void annotate(Kind<?> kind, ObjectRef object, Map<String, @Nullable String> annotations) throws IOException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("uid", object.uid());
        metadata.put("annotations", annotations);
        try {
            Resource<GenericKubernetesResource> resource = resource(kind, object);
            String patch = json(Map.of("metadata", metadata));
            // The right to patch a pod's status is all that a node agent needs to be given.
            if (kind.equals(Kinds.POD)) {
                var _ = resource.subresource("status").patch(MERGE, patch);
            } else {
                var _ = resource.patch(MERGE, patch);
            }
        } catch (KubernetesClientException e) {
            throw failed("annotations", kind, object, e);
        }
    }

    @Override
    public void setConditions(Kind<?> kind, ObjectRef object, List<Condition> conditions, Set<String> remove)
            throws IOException {
        try {
            Resource<GenericKubernetesResource> resource = resource(kind, object);
            GenericKubernetesResource now = resource.get();
            if (now == null) {
                throw new IOException(kind + " " + object + " is gone; its conditions were not written");
            }
            List<Object> all = new ArrayList<>();
            List<?> written = now.get("status", "conditions");
            for (Object item : written == null ? List.of() : written) {
                Object type = item instanceof Map<?, ?> map ? map.get("type") : null;
                boolean ours =
                        conditions.stream().anyMatch(ourOwn -> ourOwn.type().equals(type));
                if (!ours && !(type instanceof String name && remove.contains(name))) {
                    all.add(item);
                }
            }
            conditions.forEach(condition -> all.add(map(condition)));
            // A list is replaced as a whole, so the version that it was made from must still be the current one.
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("uid", object.uid());
            metadata.put("resourceVersion", now.getMetadata().getResourceVersion());
            String patch = json(Map.of("metadata", metadata, "status", Map.of("conditions", all)));
            var _ = resource.subresource("status").patch(MERGE, patch);
        } catch (KubernetesClientException e) {
            throw failed("conditions", kind, object, e);
        }
    }

    @Override
    public void setStatus(Kind<?> kind, ObjectRef object, Map<String, Object> fields) throws IOException {
        try {
            String patch = json(Map.of("metadata", Map.of("uid", object.uid()), "status", fields));
            var _ = resource(kind, object).subresource("status").patch(MERGE, patch);
        } catch (KubernetesClientException e) {
            throw failed("status", kind, object, e);
        }
    }

    private Resource<GenericKubernetesResource> resource(Kind<?> kind, ObjectRef object) {
        var resources = client.genericKubernetesResources(Definitions.of(kind));
        return kind.namespaced()
                ? resources.inNamespace(object.namespace()).withName(object.name())
                : resources.withName(object.name());
    }

    private String json(Object value) {
        return client.getKubernetesSerialization().asJson(value);
    }

    private static Map<String, Object> map(Condition condition) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", condition.type());
        map.put("status", condition.status());
        map.put("reason", condition.reason());
        map.put("message", condition.message());
        map.put("observedGeneration", condition.observedGeneration());
        map.put("lastTransitionTime", condition.lastTransitionTime().toString());
        return map;
    }

    private static IOException failed(String what, Kind<?> kind, ObjectRef object, KubernetesClientException cause) {
        return new IOException(
                "cannot write " + what + " of " + kind + " " + object + ": " + cause.getMessage(), cause);
    }
}
