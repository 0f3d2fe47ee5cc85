package dev.culvert.plugin;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the plugin tells the agent of a pod that is being started. Immutable.
///
/// The body has the keys of Istio's plugin, so that either end may be Istio's; what only ours says
/// (container and UID) travels as headers.
///
/// @param netns the path of the namespace as the runtime gave it
/// @param ips addresses in the order of the previous result
public record PluginEvent(String netns, String podName, String podNamespace, List<Address> ips) {
    /// One address of the pod.
    ///
    /// @param interfaceIndex index into the result's interfaces, or null when the result has none
    /// @param gateway empty when there is none
    public record Address(@Nullable Long interfaceIndex, InetAddress ip, int prefix, String gateway) {}

    public PluginEvent {
        ips = List.copyOf(ips);
    }

    /// The addresses that a previous result of any version holds.
    ///
    /// @throws IllegalArgumentException when one is no address
    static List<Address> addresses(Map<String, Object> previousResult) {
        List<Address> addresses = new ArrayList<>();
        for (Object item : Json.list(previousResult.get("ips"))) {
            Map<String, Object> ip = Json.object(item);
            String[] parts = Json.text(ip.get("address"), "").split("/", 2);
            InetAddress address = InetAddress.ofLiteral(parts[0]);
            int full = address.getAddress().length * 8;
            addresses.add(new Address(
                    ip.get("interface") instanceof Long index ? index : null,
                    address,
                    parts.length == 2 ? Integer.parseInt(parts[1]) : full,
                    Json.text(ip.get("gateway"), "")));
        }
        return addresses;
    }

    /// The body of the request.
    public String json() {
        List<Object> addresses = new ArrayList<>();
        for (Address address : ips) {
            Map<String, Object> network = new LinkedHashMap<>();
            network.put("IP", address.ip().getHostAddress());
            network.put("Mask", mask(address));
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("Interface", address.interfaceIndex() == null ? Json.NULL : address.interfaceIndex());
            item.put("Address", network);
            item.put("Gateway", address.gateway());
            addresses.add(item);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("Netns", netns);
        body.put("PodName", podName);
        body.put("PodNamespace", podNamespace);
        body.put("IPs", addresses);
        return Json.write(body);
    }

    /// The event that a body spells.
    ///
    /// @throws IllegalArgumentException when it is none
    public static PluginEvent parse(String json) {
        Map<String, Object> body = Json.parseObject(json);
        List<Address> addresses = new ArrayList<>();
        for (Object item : Json.list(body.get("IPs"))) {
            Map<String, Object> ip = Json.object(item);
            Map<String, Object> network = Json.object(ip.get("Address"));
            addresses.add(new Address(
                    ip.get("Interface") instanceof Long index ? index : null,
                    InetAddress.ofLiteral(Json.text(network.get("IP"), "")),
                    prefix(Json.text(network.get("Mask"), "")),
                    Json.text(ip.get("Gateway"), "")));
        }
        PluginEvent event = new PluginEvent(
                Json.text(body.get("Netns"), ""),
                Json.text(body.get("PodName"), ""),
                Json.text(body.get("PodNamespace"), ""),
                addresses);
        if (event.netns.isEmpty() || event.podName.isEmpty() || event.podNamespace.isEmpty()) {
            throw new IllegalArgumentException("Netns, PodName and PodNamespace must not be empty");
        }
        return event;
    }

    private static String mask(Address address) {
        byte[] mask = new byte[address.ip().getAddress().length];
        for (int bit = 0; bit < address.prefix(); bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return Base64.getEncoder().encodeToString(mask);
    }

    private static int prefix(String mask) {
        int bits = 0;
        for (byte b : Base64.getDecoder().decode(mask)) {
            bits += Integer.bitCount(b & 0xff);
        }
        return bits;
    }
}
