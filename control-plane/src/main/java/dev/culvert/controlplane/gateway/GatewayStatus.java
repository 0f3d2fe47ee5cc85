package dev.culvert.controlplane.gateway;

import dev.culvert.api.MeshPorts;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.controlplane.status.ObjectStatus.Section;
import dev.culvert.controlplane.status.ObjectStatus.Verdict;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Gateway;
import dev.culvert.kube.resource.Gateway.Listener;
import dev.culvert.kube.resource.Gateway.ListenerStatus;
import dev.culvert.kube.resource.GatewayClass;
import dev.culvert.kube.resource.Kinds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the status of a waypoint's Gateway is to say. Pure.
public final class GatewayStatus {
    private static final Acceptance NO_CONFLICT = new Acceptance(false, "NoConflicts", "", List.of());

    private GatewayStatus() {}

    /// The status of a class whose Gateways are waypoints.
    public static ObjectStatus of(GatewayClass gatewayClass) {
        return ObjectStatus.conditions(
                Kinds.GATEWAY_CLASS,
                gatewayClass.metadata(),
                gatewayClass.conditions(),
                List.of(new Verdict("Accepted", accepted("Accepted", "its Gateways are waypoints"))));
    }

    /// The status of a Gateway of ours.
    public static ObjectStatus of(Gateway gateway) {
        List<Gateway.Address> addresses = WaypointReader.addresses(gateway, true);
        boolean placed = !addresses.isEmpty();
        Acceptance programmed = placed
                ? accepted("Programmed", "it is told to node proxies")
                : refused("AddressNotAssigned", "it has no usable address; give it one in spec.addresses");
        List<Section> sections = new ArrayList<>();
        List<Object> json = new ArrayList<>();
        addresses.forEach(address -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("type", address.type());
            one.put("value", address.value());
            json.add(one);
        });
        sections.add(new Section.Plain("addresses", json));
        List<Section.Entry> listeners = new ArrayList<>();
        for (Listener listener : gateway.spec().listeners()) {
            listeners.add(listener(gateway, listener, programmed));
        }
        sections.add(new Section.Entries("listeners", listeners));
        return new ObjectStatus(
                Kinds.GATEWAY,
                gateway.metadata(),
                gateway.status().conditions(),
                List.of(
                        new Verdict("Accepted", accepted("Accepted", "it is a waypoint")),
                        new Verdict("Programmed", programmed)),
                sections);
    }

    private static Section.Entry listener(Gateway gateway, Listener listener, Acceptance programmed) {
        boolean good = listener.protocol().equals(WaypointReader.HBONE) && listener.port() == MeshPorts.HBONE;
        Acceptance verdict = good
                ? accepted("Accepted", "")
                : refused("UnsupportedProtocol", "a waypoint listens for HBONE on port " + MeshPorts.HBONE);
        List<Condition> before = gateway.status().listeners().stream()
                .filter(status -> status.name().equals(listener.name()))
                .findFirst()
                .map(ListenerStatus::conditions)
                .orElse(List.of());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", listener.name());
        fields.put("attachedRoutes", 0);
        fields.put("supportedKinds", List.of());
        return new Section.Entry(
                fields,
                before,
                List.of(
                        new Verdict("Accepted", verdict),
                        new Verdict("Conflicted", NO_CONFLICT),
                        new Verdict("Programmed", good ? programmed : refused("Invalid", verdict.message())),
                        new Verdict("ResolvedRefs", accepted("ResolvedRefs", ""))));
    }

    private static Acceptance accepted(String reason, String message) {
        return new Acceptance(true, reason, message, List.of());
    }

    private static Acceptance refused(String reason, String message) {
        return new Acceptance(false, reason, message, List.of(message));
    }
}
