package dev.culvert.ztunnel.config;

import dev.culvert.api.MeshPorts;
import dev.culvert.mesh.config.Machine;
import dev.culvert.mesh.config.NodeMetadata;
import dev.culvert.process.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what the DNS listeners need. Used once, by one thread.
final class DnsReader {
    private static final String ADDRESS = "ISTIO_META_DNS_PROXY_ADDR";

    private final Settings settings;
    private final Machine machine;
    private final NodeMetadata metadata;

    DnsReader(Settings settings, Machine machine, NodeMetadata metadata) {
        this.settings = settings;
        this.machine = machine;
        this.metadata = metadata;
    }

    DnsConfig read() {
        boolean enabled = metadata.text("DNS_CAPTURE", "true").equalsIgnoreCase("true");
        return new DnsConfig(enabled, listen(), upstreams(), settings.string("PREFERED_SERVICE_NAMESPACE"));
    }

    private DnsConfig.Listen listen() {
        String text = metadata.text("DNS_PROXY_ADDR", "localhost:" + MeshPorts.DNS);
        int colon = text.lastIndexOf(':');
        Integer port = colon < 0 ? null : port(text.substring(colon + 1));
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (port != null && host.equals("localhost")) {
            return new DnsConfig.Listen.Loopback(port);
        }
        InetAddress address = ResolvConf.address(host);
        if (port != null && address != null) {
            return new DnsConfig.Listen.Address(new InetSocketAddress(address, port));
        }
        settings.mistake(ADDRESS, "localhost:<port>, or an IP address and port");
        return new DnsConfig.Listen.Loopback(MeshPorts.DNS);
    }

    private static @Nullable Integer port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port < 0 || port > 65_535 ? null : port;
        } catch (NumberFormatException _) {
            return null;
        }
    }

    /// A host without the file has no nameservers; queries are then answered with a server failure.
    private List<InetSocketAddress> upstreams() {
        try {
            return ResolvConf.nameservers(Files.readString(machine.resolvConf(), StandardCharsets.UTF_8));
        } catch (IOException _) {
            return List.of();
        }
    }
}
