package dev.culvert.controlplane.xds;

import com.google.protobuf.Value;
import dev.culvert.api.discovery.Node;
import dev.culvert.controlplane.caller.CallerIdentity;
import io.grpc.Status;
import java.util.regex.Pattern;

/// Who a client says it is, in the first request of its stream, after that was held against its
/// token. Immutable.
///
/// @param id `<kind>~<address>~<pod>.<namespace>~<domain>`
/// @param nodeName the Kubernetes node, or empty for a proxy that is no node's
/// @param gateway of which it says it is a proxy; empty when it does not say
record ClientNode(String id, String nodeName, String gateway) {
    private static final int MAX_ID = 512;
    private static final int PARTS = 4;
    private static final Pattern TILDE = Pattern.compile("~");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");

    /// @throws Refusal when the node is missing or malformed, or its token is another's
    static ClientNode check(Node node, CallerIdentity caller) throws Refusal {
        String id = node.getId();
        String[] parts = TILDE.split(id, -1);
        if (id.length() > MAX_ID || !PRINTABLE.matcher(id).matches() || parts.length != PARTS) {
            throw new Refusal(Status.INVALID_ARGUMENT.withDescription(
                    "node id must be <kind>~<address>~<pod>.<namespace>~<domain>"));
        }
        if (!org.bouncycastle.util.IPAddress.isValid(parts[1])) {
            throw new Refusal(Status.INVALID_ARGUMENT.withDescription("node id has no valid address"));
        }
        return switch (caller) {
            case CallerIdentity.Node(String name) -> ofNode(node, name);
            case CallerIdentity.Workload(var own) -> ofWorkload(node, parts, own.namespace());
        };
    }

    private static ClientNode ofNode(Node node, String name) throws Refusal {
        String said = metadata(node, "NODE_NAME");
        if (!said.isEmpty() && !said.equals(name)) {
            throw new Refusal(Status.PERMISSION_DENIED.withDescription("the token is not for this node"));
        }
        return new ClientNode(node.getId(), name, "");
    }

    private static ClientNode ofWorkload(Node node, String[] parts, String namespace) throws Refusal {
        String said = metadata(node, "NAMESPACE");
        String inId = parts[2].substring(parts[2].lastIndexOf('.') + 1);
        if (!inId.equals(namespace) || !(said.isEmpty() || said.equals(namespace))) {
            throw new Refusal(Status.PERMISSION_DENIED.withDescription("the token is not for this namespace"));
        }
        return new ClientNode(node.getId(), "", metadata(node, "GATEWAY_NAME"));
    }

    private static String metadata(Node node, String key) {
        return node.getMetadata()
                .getFieldsOrDefault(key, Value.getDefaultInstance())
                .getStringValue();
    }
}
