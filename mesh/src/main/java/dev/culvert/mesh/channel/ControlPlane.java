package dev.culvert.mesh.channel;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where a service of the control plane is, how it proves itself to us, and we to it.
///
/// Immutable.
///
/// @param address `https://host:port`
/// @param roots what its certificate must chain to
/// @param alternativeName a name that its certificate may bear instead of the address's host
/// @param token sent as `authorization: Bearer` with each call
/// @param headers sent with each call besides, by name; the cluster's id belongs here too
public record ControlPlane(
        URI address,
        RootSource roots,
        @Nullable String alternativeName,
        TokenSource token,
        Map<String, String> headers) {
    private static final int HTTPS_PORT = 443;

    public ControlPlane {
        headers = Map.copyOf(headers);
        if (!"https".equals(address.getScheme()) || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "address of the control plane is '" + address + "'; expected https://<host>:<port>");
        }
    }

    /// The host, without the brackets of an IPv6 address.
    public String host() {
        String host = address.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port() {
        return address.getPort() < 0 ? HTTPS_PORT : address.getPort();
    }
}
