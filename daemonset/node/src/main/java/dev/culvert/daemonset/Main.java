package dev.culvert.daemonset;

import dev.culvert.agent.config.AgentConfig;
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
import dev.culvert.ztunnel.config.ZtunnelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node process: reads the environment, starts agent and proxy, waits for a reason to end,
/// drains.
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final int FAILURE = 1;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(System.getenv()));
    }

    private static int run(Map<String, String> environment) {
        Settings settings = Settings.of(environment);
        ZtunnelConfig proxy = ZtunnelConfig.from(settings, Machine.here());
        AgentConfig agent = AgentConfig.from(settings);
        if (agent.paths().manifests() == null) {
            settings.mistake("CULVERT_MANIFESTS", "the directory of manifests that stands for an API server");
        }
        try {
            settings.check();
        } catch (SettingErrors mistakes) {
            System.err.println(mistakes.getMessage());
            return FAILURE;
        }
        try (Logs logs = Logs.start(proxy.logging().format(), proxy.logging().filter());
                HttpEndpoint http = new HttpEndpoint()) {
            return run(agent, proxy, logs, http);
        }
    }

    private static int run(AgentConfig agent, ZtunnelConfig proxy, Logs logs, HttpEndpoint http) {
        Ending ending = new Ending();
        Signals.onStop(ending::requested);
        Drain drain = new Drain();
        ProcessParts parts = new ProcessParts(logs, new Metrics(), http, new Readiness(), drain, ending);
        Path manifests = Objects.requireNonNull(agent.paths().manifests());
        try (NodeApp app = NodeApp.start(agent, proxy, parts, manifests)) {
            int code = ending.code.join();
            app.stopTakingPods();
            drain.graceful(proxy.lifecycle().drainDeadline())
                    .toCompletableFuture()
                    .join();
            log.info("node has ended");
            return code;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            log.atError().addKeyValue("error", e.getMessage()).log("node cannot start");
            return FAILURE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILURE;
        }
    }

    /// The first reason to end decides the exit code. Thread-safe.
    private static final class Ending implements ProcessParts.Ending {
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        @Override
        public void requested(String by) {
            log.atInfo().addKeyValue("by", by).log("asked to end");
            code.complete(0);
        }

        @Override
        public void failed(String why) {
            log.atError().addKeyValue("error", why).log("cannot go on");
            code.complete(FAILURE);
        }
    }
}
