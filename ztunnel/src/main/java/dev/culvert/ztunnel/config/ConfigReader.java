package dev.culvert.ztunnel.config;

import dev.culvert.api.MeshMarks;
import dev.culvert.api.MeshPorts;
import dev.culvert.mesh.config.LogConfig;
import dev.culvert.mesh.config.Machine;
import dev.culvert.mesh.config.NodeMetadata;
import dev.culvert.mesh.config.ProxyConfigFile;
import dev.culvert.mesh.config.ServerReader;
import dev.culvert.mesh.config.WorkerThreads;
import dev.culvert.mesh.config.XdsConfig;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Settings;
import dev.culvert.ztunnel.config.SocketConfig.KeepAlive;
import dev.culvert.ztunnel.config.SocketConfig.OriginalSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/// Reads the configuration out of Istio's variables. Used once, by one thread.
final class ConfigReader {
    private static final int MAX_TIMES = 1_000;
    private static final int MIN_FRAME = 16_384;
    private static final int MAX_FRAME = (1 << 24) - 1;
    private static final int MIN_WINDOW = 65_535;
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(5);

    private final Settings settings;
    private final Machine machine;
    private final ProxyConfigFile proxyConfig;
    private final NodeMetadata metadata;

    ConfigReader(Settings settings, Machine machine) {
        this.settings = settings;
        this.machine = machine;
        this.proxyConfig = ProxyConfigFile.read(settings, machine);
        this.metadata = NodeMetadata.of(settings, proxyConfig.metadata());
    }

    ZtunnelConfig read() {
        ProxyMode mode = mode();
        DnsConfig dns = new DnsReader(settings, machine, metadata).read();
        SocketConfig sockets = sockets(mode);
        ServerReader servers = new ServerReader(settings, machine, proxyConfig);
        XdsConfig xds = servers.xds(metadata);
        if (!sockets.proxyEnabled() && !dns.enabled()) {
            settings.mistake("ENABLE_PROXY", "true, unless ISTIO_META_DNS_CAPTURE is on: nothing is left to do");
        }
        return new ZtunnelConfig(
                mode, node(), xds, servers.certificates(), sockets, tunnel(), dns, endpoints(), lifecycle(), logging());
    }

    private ProxyMode mode() {
        String mode = settings.string("PROXY_MODE", "shared");
        return switch (mode) {
            case "shared" -> new ProxyMode.Shared();
            case "dedicated" -> dedicated();
            default -> {
                settings.mistake("PROXY_MODE", "shared or dedicated");
                yield new ProxyMode.Shared();
            }
        };
    }

    private ProxyMode dedicated() {
        String expected = "namespace/name/serviceaccount when PROXY_MODE is dedicated";
        String[] parts = settings.string("PROXY_WORKLOAD_INFO", "").split("/", -1);
        if (parts.length != 3 || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
            settings.mistake("PROXY_WORKLOAD_INFO", expected);
            return new ProxyMode.Shared();
        }
        return new ProxyMode.Dedicated(parts[0], parts[1], parts[2]);
    }

    private NodeConfig node() {
        return new NodeConfig(
                settings.name("NODE_NAME", "the node's name; leave it out to take every workload for a local one"),
                settings.string("POD_NAME"),
                settings.string("POD_NAMESPACE"),
                settings.string("SERVICE_ACCOUNT"),
                settings.string("TRUST_DOMAIN", "cluster.local"),
                settings.string("INSTANCE_IP", "1.1.1.1"),
                settings.string("NETWORK", ""),
                metadata.text("CLUSTER_ID", settings.string("CLUSTER_ID", "Kubernetes")),
                settings.string("CLUSTER_DOMAIN", "cluster.local"),
                metadata.text("ISTIO_VERSION", "unknown"));
    }

    private SocketConfig sockets(ProxyMode mode) {
        int defaultMark = switch (mode) {
            case ProxyMode.Shared() -> MeshMarks.PACKET_MARK;
            case ProxyMode.Dedicated _ -> 0;
        };
        if (settings.bool("UNSTABLE_ENABLE_SOCKS5", false)) {
            // better not to start than to let somebody rely on it
            settings.mistake("UNSTABLE_ENABLE_SOCKS5", "false: SOCKS5 is not served");
        }
        int mark = settings.integer("PACKET_MARK", defaultMark, 0, Integer.MAX_VALUE);
        return new SocketConfig(
                settings.bool("ENABLE_PROXY", true),
                mark,
                settings.bool("INPOD_PORT_REUSE", true),
                originalSource(mark != 0),
                settings.bool("IPV6_ENABLED", true),
                settings.bool("LOCALHOST_APP_TUNNEL", true),
                new KeepAlive(
                        settings.bool("KEEPALIVE_ENABLED", true),
                        settings.duration("KEEPALIVE_TIME", Duration.ofMinutes(3)),
                        settings.duration("KEEPALIVE_INTERVAL", Duration.ofMinutes(3)),
                        settings.integer("KEEPALIVE_RETRIES", 9, 1, MAX_TIMES),
                        settings.bool("USER_TIMEOUT_ENABLED", false)),
                SocketConfig.CONNECT_TIMEOUT);
    }

    /// An application answers to the address that it is shown. It is the mark of our packets that has such an answer
    /// come back to us; without one it would go to the client, who knows nothing of it.
    private OriginalSource originalSource(boolean marked) {
        Boolean wanted = settings.bool("ENABLE_ORIG_SRC");
        if (wanted == null) {
            return marked ? OriginalSource.IF_POSSIBLE : OriginalSource.NEVER;
        }
        return wanted ? OriginalSource.ALWAYS : OriginalSource.NEVER;
    }

    private TunnelConfig tunnel() {
        return new TunnelConfig(
                settings.integer("HTTP2_STREAM_WINDOW_SIZE", 4 << 20, MIN_WINDOW, Integer.MAX_VALUE),
                settings.integer("HTTP2_CONNECTION_WINDOW_SIZE", 16 << 20, MIN_WINDOW, Integer.MAX_VALUE),
                settings.integer("HTTP2_FRAME_SIZE", 1 << 20, MIN_FRAME, MAX_FRAME),
                settings.integer("POOL_MAX_STREAMS_PER_CONNECTION", 100, 1, 65_535),
                settings.duration("POOL_UNUSED_RELEASE_TIMEOUT", Duration.ofMinutes(5)),
                settings.bool("ENABLE_RESPONSE_BAGGAGE", true),
                settings.path("CRL_PATH"),
                settings.bool("TLS12_ENABLED", false),
                postQuantumOnly());
    }

    private boolean postQuantumOnly() {
        String policy = settings.string("COMPLIANCE_POLICY", "");
        if (!policy.isEmpty() && !policy.equals("pqc")) {
            settings.mistake("COMPLIANCE_POLICY", "pqc, or nothing");
        }
        return policy.equals("pqc");
    }

    private EndpointConfig endpoints() {
        return new EndpointConfig(
                proxyConfig.adminPort(MeshPorts.ADMIN), proxyConfig.statsPort(MeshPorts.METRICS), MeshPorts.READINESS);
    }

    private LifecycleConfig lifecycle() {
        LifecycleConfig.Transport transport =
                settings.parsed("CULVERT_TRANSPORT", "epoll or io_uring", text -> switch (text) {
                    case "epoll" -> LifecycleConfig.Transport.EPOLL;
                    case "io_uring" -> LifecycleConfig.Transport.IO_URING;
                    default -> null;
                });
        return new LifecycleConfig(
                settings.path("INPOD_UDS", Path.of("/var/run/ztunnel/ztunnel.sock")),
                new WorkerThreads(settings, machine.processors()).count(proxyConfig.concurrency()),
                Objects.requireNonNullElse(transport, LifecycleConfig.Transport.EPOLL),
                drainDeadline());
    }

    /// What a stop leaves to connections: shorter than the grace period, so that we end before we are killed.
    private Duration drainDeadline() {
        Duration explicit = settings.duration("CONNECTION_TERMINATION_DEADLINE");
        Integer grace = settings.integer("TERMINATION_GRACE_PERIOD_SECONDS", 0, Integer.MAX_VALUE);
        if (explicit != null) {
            return explicit;
        }
        if (grace == null) {
            return DEFAULT_DRAIN;
        }
        return Duration.ofSeconds(grace > 10 ? grace - 5 : Math.max(grace - 1, 1));
    }

    private LogConfig logging() {
        LogFilter filter = settings.parsed(
                "RUST_LOG", "levels such as info or info,access=debug between commas", LogFilter::tryParse);
        return new LogConfig(
                Objects.requireNonNullElse(filter, LogFilter.DEFAULT),
                settings.choice("LOG_FORMAT", LogFormat.PLAIN),
                settings.bool("AUTHZ_POLICY_INFO_LOGGING", false));
    }
}
