package dev.culvert.waypoint.config;

import dev.culvert.api.MeshPorts;
import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.mesh.config.LogConfig;
import dev.culvert.mesh.config.Machine;
import dev.culvert.mesh.config.NodeMetadata;
import dev.culvert.mesh.config.ProxyConfigFile;
import dev.culvert.mesh.config.ServerReader;
import dev.culvert.mesh.config.WorkerThreads;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Settings;
import dev.culvert.waypoint.codec.HttpLimits;
import dev.culvert.waypoint.connect.UpstreamSettings;
import dev.culvert.waypoint.http.FlowSettings;
import dev.culvert.waypoint.http.HttpSettings;
import dev.culvert.waypoint.upstream.Site;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads the configuration out of the environment. Used once, by one thread.
final class WaypointReader {
    private static final int MOST_LOOPS = 4;
    private static final int MIB = 1 << 20;

    private final Settings settings;
    private final Machine machine;
    private final ProxyConfigFile proxyConfig;
    private final NodeMetadata metadata;

    WaypointReader(Settings settings, Machine machine) {
        this.settings = settings;
        this.machine = machine;
        proxyConfig = ProxyConfigFile.read(settings, machine);
        metadata = NodeMetadata.of(settings, proxyConfig.metadata());
    }

    WaypointConfig read() {
        ServerReader servers = new ServerReader(settings, machine, proxyConfig);
        HttpLimits limits = limits();
        HttpSettings http = http(limits);
        return new WaypointConfig(
                self(),
                servers.xds(metadata),
                servers.certificates(),
                listen(),
                http,
                new FlowSettings(
                        bytes("CULVERT_RETRY_BUFFER", 64 << 10),
                        bytes("CULVERT_REQUEST_BUFFER", 64 << 10),
                        http.bodyIdle()),
                upstream(limits),
                endpoints(),
                logging());
    }

    private WaypointConfig.Self self() {
        String namespace = settings.required("POD_NAMESPACE", "the namespace of this waypoint");
        String account = settings.required("SERVICE_ACCOUNT", "the service account of this waypoint");
        return new WaypointConfig.Self(
                identity(settings.string("TRUST_DOMAIN", "cluster.local"), namespace, account),
                metadata.text("GATEWAY_NAME", account),
                settings.string("POD_NAME", account),
                settings.string("INSTANCE_IP", "1.1.1.1"),
                metadata.text("CLUSTER_ID", settings.string("CLUSTER_ID", "Kubernetes")),
                site(),
                metadata.text("ISTIO_VERSION", "unknown"));
    }

    /// Something stands in for a mistake that is told already.
    private SpiffeId identity(String trustDomain, String namespace, String account) {
        try {
            return new SpiffeId(trustDomain, namespace, account);
        } catch (IllegalArgumentException e) {
            if (!namespace.isEmpty() && !account.isEmpty()) {
                settings.mistake(
                        "TRUST_DOMAIN", "with POD_NAMESPACE and SERVICE_ACCOUNT an identity: " + e.getMessage());
            }
            return new SpiffeId("invalid", "invalid", "invalid");
        }
    }

    private Site site() {
        String[] places = metadata.text("LOCALITY", "").split("/", 3);
        return new Site(
                metadata.text("NETWORK", settings.string("NETWORK", "")),
                places[0],
                places.length > 1 ? places[1] : "",
                places.length > 2 ? places[2] : "",
                settings.string("NODE_NAME", metadata.text("NODE_NAME", "")),
                metadata.text("CLUSTER_ID", settings.string("CLUSTER_ID", "Kubernetes")));
    }

    private WaypointConfig.Listen listen() {
        InetSocketAddress address = settings.parsed(
                "CULVERT_HBONE_ADDRESS",
                "an address and port such as 10.0.0.5:15008, or :15008",
                ListenAddress::tryParse);
        return new WaypointConfig.Listen(
                address == null ? new InetSocketAddress(MeshPorts.HBONE) : address,
                new WorkerThreads(settings, machine.processors())
                        .count("WORKER_THREADS", proxyConfig.concurrency(), MOST_LOOPS),
                settings.duration("CULVERT_SNIFF_TIMEOUT", Duration.ofSeconds(5)),
                settings.duration("MINIMUM_DRAIN_DURATION", Duration.ofSeconds(5)),
                drain(),
                tunnels());
    }

    /// Smaller than those of a node proxy, since what is in the windows may all be there at once.
    private HboneLimits tunnels() {
        int window = (int) settings.bytes("CULVERT_TUNNEL_WINDOW", 512 << 10, 65_535, 64 * MIB);
        HboneLimits.Streams streams = HboneLimits.DEFAULT.streams();
        int served = settings.integer("CULVERT_MAX_TUNNELS", 100, 1, 100_000);
        return HboneLimits.DEFAULT
                .withWindows(new HboneLimits.Windows(window, 16 * window, 256 << 10, 128 << 10, 32 << 10))
                .withStreams(new HboneLimits.Streams(
                        served, streams.used(), streams.requestHeaderBytes(), streams.replyHeaderBytes()));
    }

    /// Shorter than the grace period, so that we end before we are killed.
    private Duration drain() {
        Duration explicit = settings.duration("CONNECTION_TERMINATION_DEADLINE");
        Integer grace = settings.integer("TERMINATION_GRACE_PERIOD_SECONDS", 0, Integer.MAX_VALUE);
        if (explicit != null) {
            return explicit;
        }
        return Duration.ofSeconds(grace == null ? 45 : grace > 10 ? grace - 5 : Math.max(grace - 1, 1));
    }

    private HttpLimits limits() {
        HttpLimits defaults = HttpLimits.DEFAULT;
        return new HttpLimits(
                (int) settings.bytes("CULVERT_MAX_HEADER_BYTES", defaults.headerBytes(), 1_024, MIB),
                settings.integer("CULVERT_MAX_HEADERS", defaults.headerCount(), 8, 10_000),
                defaults.chunkExtensionBytes(),
                settings.integer("CULVERT_MAX_STREAMS", defaults.streams(), 1, 100_000),
                (int) settings.bytes("CULVERT_STREAM_WINDOW", defaults.windowBytes(), 65_535, 64 * MIB),
                floods(defaults.floods()));
    }

    private HttpLimits.Floods floods(HttpLimits.Floods defaults) {
        return new HttpLimits.Floods(
                defaults.period(),
                settings.integer("CULVERT_MAX_RESETS", defaults.resets(), 1, 1_000_000),
                settings.integer("CULVERT_MAX_SETTINGS", defaults.settings(), 1, 1_000_000),
                settings.integer("CULVERT_MAX_PINGS", defaults.pings(), 1, 1_000_000),
                settings.integer("CULVERT_MAX_IGNORED_FRAMES", defaults.ignored(), 1, 1_000_000));
    }

    private HttpSettings http(HttpLimits limits) {
        HttpSettings defaults = HttpSettings.DEFAULT;
        return new HttpSettings(
                limits,
                settings.duration("CULVERT_HEADER_TIMEOUT", defaults.headTime()),
                settings.duration("CULVERT_CLIENT_IDLE_TIMEOUT", defaults.idle()),
                settings.duration("CULVERT_REQUEST_IDLE_TIMEOUT", defaults.bodyIdle()),
                settings.bool("CULVERT_HTTP10", defaults.http10()));
    }

    private UpstreamSettings upstream(HttpLimits limits) {
        UpstreamSettings defaults = UpstreamSettings.DEFAULT;
        return new UpstreamSettings(
                limits,
                settings.duration("CULVERT_CONNECT_TIMEOUT", defaults.connectTimeout()),
                settings.duration("CULVERT_BACKEND_IDLE_TIMEOUT", defaults.idle()),
                settings.duration("ISTIO_META_IDLE_TIMEOUT", defaults.tcpIdle()));
    }

    private int bytes(String name, int fallback) {
        return (int) settings.bytes(name, fallback, 0, 64 * MIB);
    }

    private WaypointConfig.Endpoints endpoints() {
        return new WaypointConfig.Endpoints(
                proxyConfig.adminPort(MeshPorts.ADMIN),
                proxyConfig.statsPort(MeshPorts.METRICS),
                settings.port("CULVERT_READINESS_PORT", MeshPorts.READINESS));
    }

    private LogConfig logging() {
        LogFilter filter = settings.parsed(
                "RUST_LOG", "levels such as info or info,access=debug between commas", LogFilter::tryParse);
        return new LogConfig(
                Objects.requireNonNullElse(filter, LogFilter.DEFAULT),
                settings.choice("LOG_FORMAT", LogFormat.PLAIN),
                false);
    }

    private static final class ListenAddress {
        static @Nullable InetSocketAddress tryParse(String text) {
            int colon = text.lastIndexOf(':');
            if (colon < 0) {
                return null;
            }
            String host = text.substring(0, colon).replace("[", "").replace("]", "");
            byte[] bytes = host.isEmpty() ? null : NetUtil.createByteArrayFromIpAddressString(host);
            if (!host.isEmpty() && bytes == null) {
                return null;
            }
            try {
                int port = Integer.parseInt(text.substring(colon + 1));
                if (port < 0 || port > 65_535) {
                    return null;
                }
                return bytes == null
                        ? new InetSocketAddress(port)
                        : new InetSocketAddress(InetAddress.getByAddress(bytes), port);
            } catch (NumberFormatException | UnknownHostException _) {
                return null;
            }
        }
    }
}
