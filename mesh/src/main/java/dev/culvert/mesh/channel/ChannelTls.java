package dev.culvert.mesh.channel;

import java.util.List;

/// The TLS that we offer to a control plane.
///
/// Immutable.
///
/// @param tls12 whether TLS 1.2 is offered beside 1.3
/// @param groups key-exchange groups, the preferred first
public record ChannelTls(boolean tls12, List<String> groups) {
    /// TLS 1.3 with a post-quantum hybrid preferred.
    public static final ChannelTls STANDARD =
            new ChannelTls(false, List.of("X25519MLKEM768", "X25519", "P-256", "P-384"));

    /// TLS 1.3 with the post-quantum hybrid only: a server without it is refused.
    public static final ChannelTls POST_QUANTUM_ONLY = new ChannelTls(false, List.of("X25519MLKEM768"));

    public ChannelTls {
        groups = List.copyOf(groups);
    }

    List<String> protocols() {
        return tls12 ? List.of("TLSv1.3", "TLSv1.2") : List.of("TLSv1.3");
    }
}
