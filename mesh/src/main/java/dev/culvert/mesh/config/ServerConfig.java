package dev.culvert.mesh.config;

import dev.culvert.api.MeshHeaders;
import dev.culvert.mesh.channel.ControlPlane;
import dev.culvert.mesh.channel.RootSource;
import dev.culvert.mesh.channel.TokenSource;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How to reach one service of the control plane.
///
/// @param address `XDS_ADDRESS` or `CA_ADDRESS`; always `https`, null when switched off by an empty value
/// @param root what the server's certificate must chain to
/// @param alternativeHost `ALT_XDS_HOSTNAME` or `ALT_CA_HOSTNAME`: a second acceptable name, or null
/// @param headers every `XDS_HEADER_<name>` or `CA_HEADER_<name>`, by name, as sent with each call
public record ServerConfig(
        @Nullable URI address, TrustRoot root, @Nullable String alternativeHost, Map<String, String> headers) {
    public ServerConfig {
        headers = Map.copyOf(headers);
    }

    /// How to call it, or null when it is switched off.
    ///
    /// @param clusterId sent with each call
    public @Nullable ControlPlane controlPlane(CallToken token, String clusterId) {
        if (address == null) {
            return null;
        }
        Map<String, String> all = new TreeMap<>(headers);
        all.put(MeshHeaders.CLUSTER_ID, clusterId);
        return new ControlPlane(address, roots(), alternativeHost, source(token), all);
    }

    private RootSource roots() {
        return switch (root) {
            case TrustRoot.PemFile(var path) -> RootSource.file(path);
            case TrustRoot.InlinePem(String pem) -> RootSource.inline(pem);
            case TrustRoot.OperatingSystem() -> RootSource.system();
        };
    }

    private static TokenSource source(CallToken token) {
        return switch (token) {
            case CallToken.TokenFile(var path) -> TokenSource.file(path);
            case CallToken.Literal(String text) -> TokenSource.literal(text);
            case CallToken.None() -> TokenSource.none();
        };
    }
}
