package dev.culvert.agent.pod;

import dev.culvert.linux.FileIdentity;
import dev.culvert.plugin.Json;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the runtime told of one pod when it was started, as it is kept on disk. Immutable.
///
/// @param container empty when the runtime did not tell
/// @param netnsPath where its namespace is, as this process sees it
/// @param netnsIdentity tells a namespace from a later one at the same path
/// @param enrolled whether it was brought into the mesh, so that CHECK can tell whether it still is
public record PodRecord(
        PodId id,
        String container,
        String netnsPath,
        FileIdentity netnsIdentity,
        List<InetAddress> addresses,
        boolean enrolled) {
    /// Names one incarnation of a pod.
    public record PodId(String uid, String namespace, String name) {
        @Override
        public String toString() {
            return namespace + "/" + name;
        }
    }

    public PodRecord {
        addresses = List.copyOf(addresses);
    }

    public PodRecord withEnrolled(boolean now) {
        return new PodRecord(id, container, netnsPath, netnsIdentity, addresses, now);
    }

    String json() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("uid", id.uid());
        record.put("namespace", id.namespace());
        record.put("name", id.name());
        record.put("container", container);
        record.put("netns", netnsPath);
        record.put("device", netnsIdentity.device());
        record.put("inode", netnsIdentity.inode());
        record.put(
                "addresses", addresses.stream().map(InetAddress::getHostAddress).toList());
        record.put("enrolled", enrolled);
        return Json.write(record);
    }

    /// @throws IllegalArgumentException when `json` is no record
    static PodRecord parse(String json) {
        Map<String, Object> record = Json.parseObject(json);
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : Json.textList(record.get("addresses"))) {
            addresses.add(InetAddress.ofLiteral(address));
        }
        PodId id = new PodId(
                Json.text(record.get("uid"), ""),
                Json.text(record.get("namespace"), ""),
                Json.text(record.get("name"), ""));
        if (id.uid().isEmpty()
                || !(record.get("device") instanceof Long device)
                || !(record.get("inode") instanceof Long inode)) {
            throw new IllegalArgumentException("uid, device or inode is missing");
        }
        return new PodRecord(
                id,
                Json.text(record.get("container"), ""),
                Json.text(record.get("netns"), ""),
                new FileIdentity(device, inode),
                addresses,
                Boolean.TRUE.equals(record.get("enrolled")));
    }
}
