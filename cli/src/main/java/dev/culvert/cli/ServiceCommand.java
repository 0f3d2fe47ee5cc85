package dev.culvert.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/// `culvert service`: the services that a proxy knows. Confined to the main thread.
@Command(name = "service", aliases = "services", description = "Show the services that a proxy knows.")
final class ServiceCommand extends DumpCommand {
    ServiceCommand() {
        super("services", List.of("NAMESPACE", "NAME", "ADDRESS", "WAYPOINT", "ENDPOINTS"));
    }

    @Override
    List<List<String>> rows(Map<String, Object> service) {
        Map<String, Object> endpoints = Json.map(service.get("endpoints"));
        long healthy = endpoints.values().stream()
                .filter(endpoint -> !Json.text(Json.map(endpoint), "status").equals("Unhealthy"))
                .count();
        String addresses = String.join(
                ",",
                Json.list(service.get("vips")).stream().map(Object::toString).toList());
        return List.of(List.of(
                Json.text(service, "namespace"),
                Json.text(service, "name"),
                addresses.isEmpty() ? "-" : addresses,
                Json.text(Json.map(service.get("waypoint")), "destination"),
                healthy + "/" + endpoints.size()));
    }
}
