package dev.culvert.testkit.netns;

import java.util.ArrayList;
import java.util.List;

/// A Gateway of class `istio-waypoint` of a lab and its replicas. Used from one thread at a time.
public final class LabGateway implements AutoCloseable {
    private final MeshLab mesh;
    private final WaypointSpec spec;
    private final List<LabWaypoint> replicas = new ArrayList<>();
    private int made;

    LabGateway(MeshLab mesh, WaypointSpec spec) {
        this.mesh = mesh;
        this.spec = spec;
        String vip = spec.vip();
        if (vip != null) {
            mesh.manifests().put(file("service"), spec.serviceManifest(vip));
            mesh.manifests().put(file("gateway"), spec.gatewayManifest(vip));
        }
    }

    /// Starts one more replica; [#awaitReady] says when it serves.
    public LabWaypoint add(int nodeIndex) {
        made++;
        LabWaypoint replica = LabWaypoint.start(mesh, spec, spec.pod(made), nodeIndex);
        if (spec.vip() == null) {
            mesh.manifests()
                    .put(
                            file("gateway"),
                            spec.gatewayManifest(replica.pod().addresses().getFirst()));
        }
        replicas.add(replica);
        return replica;
    }

    /// Waits until all replicas serve.
    public void awaitReady() {
        replicas.forEach(LabWaypoint::awaitReady);
    }

    /// The replica with this index, from 1, in order of their starts.
    public LabWaypoint replica(int index) {
        return replicas.get(index - 1);
    }

    /// Takes a replica away as a rollout does: it leaves the endpoints, is told to stop, ends, and its pod goes.
    public void remove(LabWaypoint replica) {
        replica.retire();
        replicas.remove(replica);
    }

    private String file(String kind) {
        return kind + "-" + spec.namespace() + "-" + spec.name();
    }

    @Override
    public void close() {
        replicas.forEach(LabWaypoint::close);
    }
}
