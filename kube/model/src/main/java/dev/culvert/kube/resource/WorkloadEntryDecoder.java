package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import java.util.HashMap;
import java.util.Map;

/// Decodes a WorkloadEntry, and the same description inside a ServiceEntry.
final class WorkloadEntryDecoder {
    private WorkloadEntryDecoder() {}

    static WorkloadEntry decode(ObjectMeta metadata, Fields fields) {
        return new WorkloadEntry(
                metadata, endpoint(fields.object("spec")), MetadataDecoder.conditions(fields.object("status")));
    }

    static WorkloadEntry.Endpoint endpoint(Fields fields) {
        return new WorkloadEntry.Endpoint(
                fields.text("address", ""),
                ports(fields.object("ports")),
                fields.textMap("labels"),
                fields.text("network", ""),
                fields.text("locality", ""),
                fields.integer("weight", 0, Integer.MAX_VALUE, 0),
                fields.text("serviceAccount", ""));
    }

    private static Map<String, Integer> ports(Fields fields) {
        Map<String, Integer> ports = new HashMap<>();
        for (String name : fields.names()) {
            ports.put(name, fields.requiredPort(name));
        }
        return ports;
    }
}
