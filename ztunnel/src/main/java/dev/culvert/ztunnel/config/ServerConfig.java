package dev.culvert.ztunnel.config;

import java.net.URI;
import java.util.Map;
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
}
