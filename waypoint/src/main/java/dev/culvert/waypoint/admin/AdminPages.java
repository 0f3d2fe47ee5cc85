package dev.culvert.waypoint.admin;

import dev.culvert.mesh.identity.IdentityStatus;
import dev.culvert.process.Metrics;
import dev.culvert.process.ProcessParts;
import dev.culvert.process.Readiness;
import dev.culvert.process.Response;
import dev.culvert.process.Routes;
import dev.culvert.waypoint.world.WaypointWorld;
import java.util.List;
import java.util.function.Supplier;

/// Which paths the three HTTP ports of a waypoint serve. Used once, by the assembly.
public final class AdminPages {
    private static final String INDEX = """
            <!DOCTYPE html>
            <title>Culvert waypoint</title>
            <h1>Culvert waypoint</h1>
            <ul>
            <li><a href="config_dump">config_dump</a>: services, routes, clusters and certificates
            <li>logging (POST): the log level; <code>?level=info,access=debug</code>, <code>?reset</code>
            <li>quitquitquit (POST): shut down gracefully
            </ul>
            """;

    private AdminPages() {}

    /// The administration port, for this host alone.
    public static Routes admin(
            Supplier<WaypointWorld> world, ProcessParts parts, Supplier<List<IdentityStatus>> certificates) {
        return new Routes()
                .any("/", _ -> Response.html(200, INDEX))
                .any("/config_dump", _ -> Response.json(200, ConfigDump.write(world.get(), certificates.get())))
                .post("/logging", parts.logs()::answer)
                .post("/quitquitquit", _ -> {
                    parts.ending().requested("POST /quitquitquit");
                    return Response.text(200, "shutdown now\n");
                });
    }

    /// The metrics port.
    public static Routes metrics(Metrics metrics) {
        return new Routes().get("/metrics", metrics::scrape).get("/stats/prometheus", metrics::scrape);
    }

    /// The readiness port.
    public static Routes readiness(Readiness readiness) {
        return new Routes().get("/healthz/ready", _ -> readiness.probe());
    }
}
