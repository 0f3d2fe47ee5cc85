package dev.culvert.ztunnel;

import dev.culvert.mesh.telemetry.XdsMetrics;
import dev.culvert.mesh.xds.AdsObserver;
import dev.culvert.mesh.xds.StreamEnd;

/// Counts what happens on the discovery stream. Called on the state thread.
record AdsMetrics(XdsMetrics metrics) implements AdsObserver {
    @Override
    public void streamOpened() {}

    @Override
    public void streamTerminated(StreamEnd end) {
        metrics.terminated(
                switch (end) {
                    case CONNECTION_ERROR -> XdsMetrics.Termination.CONNECTION_ERROR;
                    case ERROR -> XdsMetrics.Termination.ERROR;
                    case RECONNECT -> XdsMetrics.Termination.RECONNECT;
                    case COMPLETE -> XdsMetrics.Termination.COMPLETE;
                });
    }

    @Override
    public void messageReceived(String typeUrl, int bytes) {
        metrics.received(typeUrl, bytes);
    }
}
