package dev.culvert.waypoint;

import dev.culvert.mesh.config.Machine;
import dev.culvert.process.Drain;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.ProcessParts;
import dev.culvert.process.Readiness;
import dev.culvert.process.SettingErrors;
import dev.culvert.process.Settings;
import dev.culvert.process.Signals;
import dev.culvert.waypoint.config.WaypointConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The waypoint as a process: reads the environment, starts, waits for a reason to end, drains.
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILURE = 1;

    private Main() {}

    /// Runs until it is told to stop. Arguments are those that Istio starts a waypoint with, and
    /// mean nothing here: it is configured by environment variables.
    public static void main(String[] arguments) {
        System.exit(run(System.getenv()));
    }

    private static int run(Map<String, String> environment) {
        Settings settings = Settings.of(environment);
        WaypointConfig config = WaypointConfig.from(settings, Machine.here());
        try {
            settings.check();
        } catch (SettingErrors mistakes) {
            System.err.println(mistakes.getMessage());
            return FAILURE;
        }
        try (Logs logs = Logs.start(config.logging().format(), config.logging().filter());
                HttpEndpoint http = new HttpEndpoint()) {
            return run(config, logs, http);
        }
    }

    private static int run(WaypointConfig config, Logs logs, HttpEndpoint http) {
        Ending ending = new Ending();
        Signals.onStop(ending::requested);
        Drain drain = new Drain();
        ProcessParts parts = new ProcessParts(logs, new Metrics(), http, new Readiness(), drain, ending);
        try (WaypointApp _ = WaypointApp.start(config, parts)) {
            int code = ending.code.join();
            drain.graceful(config.listen().drain()).toCompletableFuture().join();
            LOG.info("waypoint has ended");
            return code;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            LOG.atError().addKeyValue("error", e.getMessage()).log("waypoint cannot start");
            return FAILURE;
        }
    }

    /// The first reason to end decides the exit code. Thread-safe.
    private static final class Ending implements ProcessParts.Ending {
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        @Override
        public void requested(String by) {
            LOG.atInfo().addKeyValue("by", by).log("asked to end");
            code.complete(0);
        }

        @Override
        public void failed(String why) {
            LOG.atError().addKeyValue("error", why).log("cannot go on");
            code.complete(FAILURE);
        }
    }
}
