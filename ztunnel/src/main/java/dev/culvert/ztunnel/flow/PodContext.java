package dev.culvert.ztunnel.flow;

import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.ztunnel.connection.PodIdentity;
import dev.culvert.ztunnel.sockets.PodSockets;

/// What the flows of one pod have in common. Immutable.
///
/// @param pod on whose behalf they act
/// @param sockets of the pod's namespace
/// @param certificates of the pod's identity
public record PodContext(PodIdentity pod, PodSockets sockets, CertificateSource certificates) {}
