package dev.culvert.controlplane;

import dev.culvert.api.MeshPorts;
import dev.culvert.controlplane.ca.CertificateLife;
import dev.culvert.controlplane.ca.ServerNames;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.connection.ConnectionLimits;
import dev.culvert.controlplane.keys.AddressGuard;
import dev.culvert.controlplane.keys.FetchedKeys;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that can be set about the control plane. Immutable; read once at start.
///
/// @param manifests `CULVERT_MANIFESTS`: directory of manifests to serve
/// @param mesh what the environment says of the mesh: cluster, root namespace, domain
/// @param authority the certificate authority
/// @param keys how keys of token issuers are fetched
/// @param ports where we listen
/// @param drain `CULVERT_DRAIN_TIME`: on SIGTERM, how long calls may finish; default 5s
/// @param log what is logged
public record ControlPlaneSettings(
        Path manifests, MeshSettings mesh, Authority authority, Keys keys, Ports ports, Duration drain, Log log) {
    /// How keys are fetched from the addresses that RequestAuthentications name.
    ///
    /// @param pace  `PILOT_JWT_PUB_KEY_REFRESH_INTERVAL`: how often; default 20m
    /// @param guard `CULVERT_JWKS_LOOPBACK`: whether addresses of the loopback interface may be asked; default
    ///     false
    public record Keys(FetchedKeys.Pace pace, AddressGuard guard) {
        private static final Duration REFRESH = Duration.ofMinutes(20);
        private static final Duration RETRY = Duration.ofSeconds(2);

        private static Keys from(Settings settings) {
            Duration refresh = settings.duration("PILOT_JWT_PUB_KEY_REFRESH_INTERVAL", REFRESH);
            if (refresh.compareTo(RETRY) < 0) {
                settings.mistake("PILOT_JWT_PUB_KEY_REFRESH_INTERVAL", "at least " + RETRY.toSeconds() + "s");
                refresh = REFRESH;
            }
            return new Keys(
                    new FetchedKeys.Pace(refresh, RETRY),
                    new AddressGuard(settings.bool("CULVERT_JWKS_LOOPBACK", false)));
        }
    }

    /// The log.
    ///
    /// @param format `LOG_FORMAT`: `plain` (default) or `json`
    /// @param filter `CULVERT_LOG`: a level, or `<name>=<level>`, several between commas; default
    ///     `info`
    public record Log(LogFormat format, LogFilter filter) {}

    /// The certificate authority and what it keeps.
    ///
    /// @param state `CULVERT_STATE_DIR`: keys and tokens, mode 0700; default `/var/lib/culvert`
    /// @param pluggedIn `ROOT_CA_DIR`: where an operator's `ca-cert.pem`, `ca-key.pem`,
    ///     `cert-chain.pem` and `root-cert.pem` may be; default `/etc/cacerts`; without a
    ///     `ca-cert.pem` there, we make our own root
    /// @param rootFile `CULVERT_ROOT_CERT_FILE`: where the trusted roots are written for node
    ///     proxies; default `root-cert.pem` in the state directory
    /// @param life `DEFAULT_WORKLOAD_CERT_TTL` (24h) and `MAX_WORKLOAD_CERT_TTL` (2160h)
    /// @param names of our own certificate: those of the service, and `CULVERT_SERVER_NAMES`, host
    ///     names and addresses between commas
    public record Authority(Path state, Path pluggedIn, Path rootFile, CertificateLife life, ServerNames names) {}

    /// Ports; 0 lets the kernel choose.
    ///
    /// @param tls `CULVERT_XDS_TLS_PORT`, on all addresses; default 15012
    /// @param plaintext `CULVERT_XDS_PLAINTEXT_PORT`, loopback only; not served unless set
    /// @param metrics `CULVERT_METRICS_PORT`, on all addresses: metrics, and `/ready` for a
    ///     kubelet's probe; default 15014
    /// @param debug `CULVERT_DEBUG_PORT`, loopback only, since it tells about every client; default
    ///     8080
    /// @param unproven `CULVERT_MAX_UNPROVEN_CONNECTIONS`: connections of the gRPC ports that have
    ///     not shown a valid token yet; default 1000, the oldest goes for one more
    public record Ports(int tls, @Nullable Integer plaintext, int metrics, int debug, int unproven) {}

    /// Reads `settings`, noting every mistake in it; the caller checks.
    public static ControlPlaneSettings from(Settings settings) {
        MeshSettings mesh = MeshSettings.from(settings);
        Path manifests = settings.path("CULVERT_MANIFESTS");
        if (manifests == null) {
            settings.required("CULVERT_MANIFESTS", "the directory that holds the manifests of the mesh");
        }
        return new ControlPlaneSettings(
                manifests == null ? Path.of(".") : manifests,
                mesh,
                authority(settings, mesh.rootNamespace()),
                Keys.from(settings),
                new Ports(
                        settings.port("CULVERT_XDS_TLS_PORT", MeshPorts.XDS_TLS),
                        settings.integer("CULVERT_XDS_PLAINTEXT_PORT", 0, 65_535),
                        settings.port("CULVERT_METRICS_PORT", MeshPorts.CONTROL_METRICS),
                        settings.port("CULVERT_DEBUG_PORT", MeshPorts.CONTROL_DEBUG),
                        settings.integer(
                                "CULVERT_MAX_UNPROVEN_CONNECTIONS", ConnectionLimits.DEFAULT_UNPROVEN, 1, 1_000_000)),
                settings.duration("CULVERT_DRAIN_TIME", Duration.ofSeconds(5)),
                log(settings));
    }

    private static Log log(Settings settings) {
        LogFilter filter = settings.parsed(
                "CULVERT_LOG", "a level (off, error, warn, info, debug, trace) or name=level", LogFilter::tryParse);
        return new Log(settings.choice("LOG_FORMAT", LogFormat.PLAIN), filter == null ? LogFilter.DEFAULT : filter);
    }

    private static Authority authority(Settings settings, String namespace) {
        Path state = settings.path("CULVERT_STATE_DIR", Path.of("/var/lib/culvert"));
        return new Authority(
                state,
                settings.path("ROOT_CA_DIR", Path.of("/etc/cacerts")),
                settings.path("CULVERT_ROOT_CERT_FILE", state.resolve("root-cert.pem")),
                life(settings),
                names(settings, namespace));
    }

    private static CertificateLife life(Settings settings) {
        Duration normal = settings.duration("DEFAULT_WORKLOAD_CERT_TTL", CertificateLife.DEFAULT.normal());
        Duration longest = settings.duration("MAX_WORKLOAD_CERT_TTL", CertificateLife.DEFAULT.longest());
        try {
            return new CertificateLife(normal, longest);
        } catch (IllegalArgumentException e) {
            settings.mistake("DEFAULT_WORKLOAD_CERT_TTL", "more than 0 and no more than MAX_WORKLOAD_CERT_TTL");
            return CertificateLife.DEFAULT;
        }
    }

    private static ServerNames names(Settings settings, String namespace) {
        try {
            return ServerNames.of(namespace, settings.list("CULVERT_SERVER_NAMES", List.of()));
        } catch (IllegalArgumentException e) {
            settings.mistake("CULVERT_SERVER_NAMES", "host names and IP addresses between commas");
            return ServerNames.of(namespace, List.of());
        }
    }
}
