package dev.culvert.ztunnel;

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
import dev.culvert.ztunnel.config.ProxyMode;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.inpod.PodSource;
import dev.culvert.ztunnel.inpod.ZdsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node proxy as a process of its own: reads the environment, starts, waits for a reason to end, drains.
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int FAILURE = 1;

    private Main() {}

    /// Runs the command, and exits with its code.
    ///
    /// @param arguments `proxy`, with whatever follows it ignored (the default), `version` or `help`
    public static void main(String[] arguments) {
        String command = arguments.length == 0 ? "proxy" : arguments[0];
        System.exit(
                switch (command) {
                    case "proxy" -> run(System.getenv());
                    case "version" -> tell(version());
                    case "help" ->
                        tell("usage: ztunnel [proxy | version | help]\n"
                                + "The node proxy is configured by environment variables.");
                    default -> {
                        System.err.println("unknown command '" + command + "'; expected proxy, version or help");
                        yield FAILURE;
                    }
                });
    }

    private static int tell(String text) {
        System.out.println(text);
        return 0;
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "culvert " + (version == null ? "development" : version);
    }

    private static int run(Map<String, String> environment) {
        Settings settings = Settings.of(environment);
        ZtunnelConfig config = ZtunnelConfig.from(settings, Machine.here());
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

    private static int run(ZtunnelConfig config, Logs logs, HttpEndpoint http) {
        Ending ending = new Ending();
        Signals.onStop(ending::requested);
        Drain drain = new Drain();
        ProcessParts parts = new ProcessParts(logs, new Metrics(), http, new Readiness(), drain, ending);
        try (ZtunnelApp _ = ZtunnelApp.start(config, parts, source(config, ending))) {
            int code = ending.code.join();
            drain.graceful(config.lifecycle().drainDeadline())
                    .toCompletableFuture()
                    .join();
            LOG.info("node proxy has ended");
            return code;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            LOG.atError().addKeyValue("error", e.getMessage()).log("node proxy cannot start");
            return FAILURE;
        }
    }

    private static PodSource source(ZtunnelConfig config, Ending ending) {
        return switch (config.mode()) {
            case ProxyMode.Shared() -> new ZdsClient(config.lifecycle().podSocket(), ending::failed);
            case ProxyMode.Dedicated dedicated -> new DedicatedPod(dedicated, ending);
        };
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
