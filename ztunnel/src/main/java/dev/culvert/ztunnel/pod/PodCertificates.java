package dev.culvert.ztunnel.pod;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.mesh.identity.CertificateStore;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.MeshSnapshot;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Who a pod is: namespace and service account as the node agent says, trust domain as the mesh says. Thread-safe.
///
/// The mesh may hear of a pod later than we do, so a connection waits for that for a while.
final class PodCertificates implements CertificateSource {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final WorkloadName name;
    private final Arrival arrival;
    private final CertificateStore certificates;

    PodCertificates(WorkloadName name, Arrival arrival, CertificateStore certificates) {
        this.name = name;
        this.arrival = arrival;
        this.certificates = certificates;
    }

    @Override
    public void request(Executor executor, Consumer<CertificateAnswer> callback) {
        if (!(executor instanceof EventExecutor loop)) {
            throw new IllegalArgumentException("a certificate is asked for by an event loop, not by " + executor);
        }
        if (loop.inEventLoop()) {
            await(loop, callback);
        } else {
            loop.execute(() -> await(loop, callback));
        }
    }

    private void await(EventExecutor loop, Consumer<CertificateAnswer> callback) {
        var _ = arrival.await(name, loop, PATIENCE, new Arrival.Outcome() {
            @Override
            public void arrived(MeshSnapshot world, Workload own) {
                SpiffeId identity = own.identity();
                if (identity == null) {
                    callback.accept(new CertificateAnswer.Unavailable("the record of " + name + " makes no identity"));
                } else {
                    certificates.source(identity).request(loop, callback);
                }
            }

            @Override
            public void missing() {
                callback.accept(new CertificateAnswer.Unavailable("the control plane has not told of " + name
                        + " within " + PATIENCE + "; see that it runs and knows this node"));
            }
        });
    }
}
