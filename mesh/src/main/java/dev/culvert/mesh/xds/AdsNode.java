package dev.culvert.mesh.xds;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.culvert.api.discovery.Node;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who asks, as the control plane is told in the first request of each type.
///
/// Immutable. Unknown parts are empty.
///
/// @param type of proxy: `ztunnel` or `waypoint`
/// @param metadata further entries, as text
/// @param jsonMetadata further entries, as JSON; one that is no JSON is logged and left out
public record AdsNode(
        String type,
        String instanceIp,
        String podName,
        String podNamespace,
        String nodeName,
        Map<String, String> metadata,
        Map<String, String> jsonMetadata) {
    private static final Logger LOG = LoggerFactory.getLogger(AdsNode.class);

    public AdsNode {
        metadata = Map.copyOf(metadata);
        jsonMetadata = Map.copyOf(jsonMetadata);
    }

    Node encode() {
        Map<String, String> texts = new TreeMap<>(metadata);
        texts.put("NAME", podName);
        texts.put("NAMESPACE", podNamespace);
        texts.put("INSTANCE_IPS", instanceIp);
        texts.put("NODE_NAME", nodeName);
        Struct.Builder struct = Struct.newBuilder();
        texts.forEach((key, text) -> struct.putFields(key, string(text)));
        jsonMetadata.forEach((key, json) -> {
            try {
                struct.putFields(key, value(Json.parse(json)));
            } catch (IllegalArgumentException e) {
                LOG.atWarn()
                        .addKeyValue("name", key)
                        .addKeyValue("error", e.getMessage())
                        .log("node metadata is no JSON and is not sent");
            }
        });
        return Node.newBuilder()
                .setId(type + "~" + instanceIp + "~" + podName + "." + podNamespace + "~" + podNamespace
                        + ".svc.cluster.local")
                .setMetadata(struct)
                .build();
    }

    private static Value value(@Nullable Object json) {
        return switch (json) {
            case null -> Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
            case Boolean bool -> Value.newBuilder().setBoolValue(bool).build();
            case Number number ->
                Value.newBuilder().setNumberValue(number.doubleValue()).build();
            case Iterable<?> items -> {
                ListValue.Builder list = ListValue.newBuilder();
                items.forEach(item -> list.addValues(value(item)));
                yield Value.newBuilder().setListValue(list).build();
            }
            case Map<?, ?> map -> {
                Struct.Builder struct = Struct.newBuilder();
                map.forEach((key, item) -> struct.putFields(String.valueOf(key), value(item)));
                yield Value.newBuilder().setStructValue(struct).build();
            }
            default -> string(json.toString());
        };
    }

    private static Value string(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
