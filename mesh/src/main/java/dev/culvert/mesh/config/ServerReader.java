package dev.culvert.mesh.config;

import dev.culvert.process.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads how to reach the control plane. Used once, by one thread.
public final class ServerReader {
    private static final String TOKEN_FILE = "./var/run/secrets/tokens/istio-token";
    private static final String ROOT_FILE = "./var/run/secrets/istio/root-cert.pem";
    private static final String IN_CLUSTER = "https://istiod.istio-system.svc:15012";
    private static final String ELSEWHERE = "https://localhost:15012";

    private final Settings settings;
    private final Machine machine;
    private final ProxyConfigFile proxyConfig;

    public ServerReader(Settings settings, Machine machine, ProxyConfigFile proxyConfig) {
        this.settings = settings;
        this.machine = machine;
        this.proxyConfig = proxyConfig;
    }

    public XdsConfig xds(NodeMetadata metadata) {
        return new XdsConfig(
                server("XDS"),
                token(),
                settings.bool("XDS_ON_DEMAND", false),
                metadata.text(),
                metadata.json(),
                local());
    }

    public CertificateConfig certificates() {
        if (settings.bool("FAKE_CA", false)) {
            settings.mistake("FAKE_CA", "false; certificates come from an authority only");
        }
        return new CertificateConfig(server("CA"), settings.duration("SECRET_TTL", Duration.ofHours(24)));
    }

    private ServerConfig server(String kind) {
        return new ServerConfig(
                address(kind + "_ADDRESS"),
                root(kind + "_ROOT_CA"),
                settings.string("ALT_" + kind + "_HOSTNAME"),
                settings.withPrefix(kind + "_HEADER_"));
    }

    private @Nullable URI address(String name) {
        String text = Objects.requireNonNullElseGet(settings.string(name), this::defaultAddress);
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(text.contains("://") ? text : "https://" + text);
            if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException _) {
            // told below, together with what is well-formed and of no use
        }
        settings.mistake(name, "an https address such as " + IN_CLUSTER + ", or nothing");
        return null;
    }

    private String defaultAddress() {
        String discovery = proxyConfig.discoveryAddress();
        if (discovery != null) {
            return discovery;
        }
        return settings.string("KUBERNETES_SERVICE_HOST") == null ? ELSEWHERE : IN_CLUSTER;
    }

    private TrustRoot root(String name) {
        String text = settings.string(name, ROOT_FILE);
        if (text.equals("SYSTEM")) {
            return new TrustRoot.OperatingSystem();
        }
        return text.contains("-----BEGIN")
                ? new TrustRoot.InlinePem(text)
                : new TrustRoot.PemFile(machine.directory().resolve(text));
    }

    /// No token begins like a path, so what does is a file, there yet or not.
    private CallToken token() {
        String text = settings.string("AUTH_TOKEN");
        if (text == null) {
            Path file = machine.directory().resolve(TOKEN_FILE);
            return Files.exists(file) ? new CallToken.TokenFile(file) : new CallToken.None();
        }
        if (text.isEmpty()) {
            return new CallToken.None();
        }
        Path file = machine.directory().resolve(text);
        return text.startsWith("/") || text.startsWith(".") || Files.exists(file)
                ? new CallToken.TokenFile(file)
                : new CallToken.Literal(text);
    }

    private @Nullable LocalState local() {
        String path = settings.string("LOCAL_XDS_PATH");
        String inline = settings.string("LOCAL_XDS");
        if (path != null && inline != null) {
            settings.mistake("LOCAL_XDS", "nothing while LOCAL_XDS_PATH is set");
        }
        if (path != null) {
            return new LocalState.InFile(machine.directory().resolve(path));
        }
        return inline == null ? null : new LocalState.Inline(inline);
    }
}
