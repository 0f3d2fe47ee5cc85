package dev.culvert.kube.client;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.util.HashMap;

/// A mock API server in memory, on loopback.
final class ApiServerMock {
    private ApiServerMock() {}

    /// One that keeps what it is given, without TLS.
    static KubernetesMockServer keeping() {
        return new KubernetesMockServer(
                new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    }
}
