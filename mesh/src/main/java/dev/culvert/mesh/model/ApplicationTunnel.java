package dev.culvert.mesh.model;

/// How a workload wants to be told what the client asked for, when it is itself a proxy.
///
/// Immutable.
///
/// @param port where it listens for all of it; 0 leaves the port as asked for
public record ApplicationTunnel(Protocol protocol, int port) {
    public ApplicationTunnel {
        PortMap.checkPort("application tunnel port", port);
    }

    /// Whether [#port] replaces the port that was asked for.
    public boolean overridesPort() {
        return port != 0;
    }

    /// What precedes the bytes.
    public enum Protocol {
        NONE,
        /// A PROXY header of version 2.
        PROXY
    }
}
