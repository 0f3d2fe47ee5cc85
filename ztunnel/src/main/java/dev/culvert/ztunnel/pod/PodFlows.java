package dev.culvert.ztunnel.pod;

import dev.culvert.hbone.TunnelAcceptor;
import dev.culvert.ztunnel.capture.CaptureHandler;
import dev.culvert.ztunnel.flow.PodContext;

/// What a pod's listeners hand connections to. Thread-safe.
public interface PodFlows {
    /// Takes the connections of the pod's applications.
    CaptureHandler outbound(PodContext pod);

    /// Takes plain connections to the pod.
    CaptureHandler plaintext(PodContext pod);

    /// Takes tunnel streams to the pod.
    TunnelAcceptor tunnels(PodContext pod);
}
