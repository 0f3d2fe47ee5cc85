package dev.culvert.ztunnel.admin;

import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.Readiness;
import dev.culvert.process.Response;
import dev.culvert.process.Routes;

/// Which paths the three HTTP ports of a node proxy serve. Used once, by the assembly.
public final class AdminPages {
    private static final String INDEX = """
            <!DOCTYPE html>
            <title>Culvert node proxy</title>
            <h1>Culvert node proxy</h1>
            <ul>
            <li><a href="config_dump">config_dump</a>: everything that this proxy knows
            <li>logging (POST): the log level; <code>?level=info,access=debug</code>, <code>?reset</code>
            <li>quitquitquit (POST): shut down gracefully
            </ul>
            """;

    private AdminPages() {}

    /// The administration port, for this host alone.
    ///
    /// @param quit begins a graceful end
    public static Routes admin(ConfigDump dump, Logs logs, Runnable quit) {
        return new Routes()
                .any("/", _ -> Response.html(200, INDEX))
                .any("/config_dump", _ -> Response.json(200, dump.write()))
                .post("/logging", logs::answer)
                .post("/quitquitquit", _ -> {
                    quit.run();
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
