package dev.culvert.kube.resource;

import java.util.List;

/// Any route of the Gateway API. Immutable.
public sealed interface Route extends Resource permits HttpRoute, GrpcRoute, TlsRoute, TcpRoute {
    /// What it is attached to.
    List<ParentRef> parentRefs();

    /// What controllers say about it.
    List<ParentStatus> parents();
}
