package dev.culvert.agent;

import dev.culvert.agent.config.AgentConfig;
import dev.culvert.agent.zds.ZdsServer;
import dev.culvert.kube.DirectorySource;
import dev.culvert.linux.FileLimit;
import dev.culvert.linux.NetnsThread;
import dev.culvert.process.HttpBind;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.Readiness;
import dev.culvert.process.Response;
import dev.culvert.process.Routes;
import dev.culvert.process.SettingErrors;
import dev.culvert.process.Settings;
import dev.culvert.process.Signals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/// The node agent as a process of its own, joined to a node proxy by its socket.
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.of(System.getenv());
        AgentConfig config = AgentConfig.from(settings);
        LogFormat format = settings.choice("LOG_FORMAT", LogFormat.PLAIN);
        if (config.paths().manifests() == null) {
            settings.mistake("CULVERT_MANIFESTS", "the directory of manifests that stands for an API server");
        }
        try {
            settings.check();
        } catch (SettingErrors e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
        Logs logs = Logs.start(format, LogFilter.DEFAULT);
        try {
            run(config);
        } finally {
            logs.close();
        }
    }

    private static void run(AgentConfig config) throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        Signals.onStop(_ -> stop.countDown());
        FileLimit.raise();
        Path manifests = Objects.requireNonNull(config.paths().manifests());
        Metrics metrics = new Metrics();
        Readiness readiness = new Readiness();
        try (NetnsThread thread = new NetnsThread();
                DirectorySource source = DirectorySource.open(manifests);
                HttpEndpoint http = new HttpEndpoint();
                AgentApp app = new AgentApp(
                        config,
                        new AgentApp.Parts(
                                source,
                                source.writer(),
                                new ZdsServer(config.paths().zdsSocket()),
                                thread,
                                metrics,
                                readiness))) {
            listen(http, config, metrics, readiness);
            app.start();
            stop.await();
        }
    }

    private static void listen(HttpEndpoint http, AgentConfig config, Metrics metrics, Readiness readiness) {
        http.listen(
                HttpBind.wildcard(config.ports().health()),
                new Routes().get("/healthz", _ -> Response.text(200, "ok")).get("/readyz", _ -> readiness.probe()));
        http.listen(HttpBind.wildcard(config.ports().metrics()), new Routes().get("/metrics", metrics::scrape));
    }
}
