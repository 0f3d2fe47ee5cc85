package dev.culvert.daemonset;

import dev.culvert.agent.AgentApp;
import dev.culvert.agent.config.AgentConfig;
import dev.culvert.kube.DirectorySource;
import dev.culvert.linux.NetnsThread;
import dev.culvert.process.HttpBind;
import dev.culvert.process.ProcessParts;
import dev.culvert.process.Response;
import dev.culvert.process.Routes;
import dev.culvert.ztunnel.ZtunnelApp;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's agent and proxy in one process. Confined to the thread that starts it.
///
/// The proxy starts first, because it needs longest: it takes pods once the control plane has told
/// it of the whole mesh. The agent's pods of an earlier run reach it then. At the end the agent
/// stops taking pods before the proxy drains; rules stay in place.
public final class NodeApp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeApp.class);

    private final NetnsThread thread;
    private final DirectorySource source;
    private final AgentApp agent;
    private final ZtunnelApp proxy;

    private NodeApp(NetnsThread thread, DirectorySource source, AgentApp agent, ZtunnelApp proxy) {
        this.thread = thread;
        this.source = source;
        this.agent = agent;
        this.proxy = proxy;
    }

    /// Starts both; returns once the runtime's plugin can be answered.
    ///
    /// @param manifests the directory that stands for an API server
    /// @throws IOException when something that a node cannot do without is missing; the message
    /// says what
    public static NodeApp start(AgentConfig agentConfig, ZtunnelConfig proxyConfig, ProcessParts parts, Path manifests)
            throws IOException, InterruptedException {
        InProcessPodFeed feed = new InProcessPodFeed();
        NetnsThread thread = new NetnsThread();
        DirectorySource source = DirectorySource.open(manifests);
        AgentApp agent = new AgentApp(
                agentConfig,
                new AgentApp.Parts(source, source.writer(), feed, thread, parts.metrics(), parts.readiness()));
        NodeApp app = new NodeApp(thread, source, agent, ZtunnelApp.start(proxyConfig, parts, feed));
        try {
            parts.http()
                    .listen(
                            HttpBind.wildcard(agentConfig.ports().health()),
                            new Routes()
                                    .get("/healthz", _ -> Response.text(200, "ok"))
                                    .get("/readyz", _ -> parts.readiness().probe()));
            parts.http()
                    .listen(
                            HttpBind.wildcard(agentConfig.ports().metrics()),
                            new Routes().get("/metrics", parts.metrics()::scrape));
            agent.start();
        } catch (IOException | InterruptedException | RuntimeException e) {
            app.close();
            throw e;
        }
        log.atInfo().addKeyValue("node", agentConfig.node()).log("node started");
        return app;
    }

    /// Takes no more pods from the runtime; what runs goes on.
    public void stopTakingPods() {
        agent.close();
    }

    @Override
    public void close() {
        agent.close();
        proxy.close();
        source.close();
        thread.close();
    }
}
