package dev.culvert.controlplane;

import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.SettingErrors;
import dev.culvert.process.Settings;
import dev.culvert.process.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control plane's process: reads the environment, starts, waits for a signal, drains.
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /// Runs until SIGTERM or SIGINT; it takes no arguments.
    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length > 0) {
            System.err.println("culvert control-plane is set by environment variables and takes no arguments");
            System.exit(2);
        }
        System.exit(run(System.getenv()));
    }

    private static int run(Map<String, String> environment) throws InterruptedException {
        ControlPlaneSettings settings;
        try {
            Settings read = Settings.of(environment);
            settings = ControlPlaneSettings.from(read);
            read.check();
        } catch (SettingErrors e) {
            System.err.println(e.getMessage());
            return 2;
        }
        CompletableFuture<String> stop = new CompletableFuture<>();
        Signals.onStop(stop::complete);
        try (Logs _ = Logs.start(settings.log().format(), settings.log().filter());
                HttpEndpoint http = new HttpEndpoint()) {
            return serve(settings, http, stop);
        }
    }

    private static int serve(ControlPlaneSettings settings, HttpEndpoint http, CompletableFuture<String> stop)
            throws InterruptedException {
        try (ControlPlaneApp _ = ControlPlaneApp.start(settings, new Metrics(), http)) {
            String signal = stop.join();
            log.atInfo().addKeyValue("signal", signal).log("stopping");
            return 0;
        } catch (IOException | UncheckedIOException e) {
            log.atError().addKeyValue("reason", e.getMessage()).log("cannot start");
            return 1;
        }
    }
}
