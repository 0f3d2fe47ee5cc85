package dev.culvert.controlplane.feed;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.ServicePort;
import dev.culvert.api.workload.Address;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.status.ObjectStatus;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A mesh of one namespace, `shop`, with the waypoint `gate` and two services, and what is derived from it.
/// Confined to the test's thread.
final class WaypointFixture implements AutoCloseable {
    static final String GATEWAY = """
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: gate, namespace: shop}
            spec:
              gatewayClassName: istio-waypoint
              addresses: [{type: IPAddress, value: 10.96.0.100}]
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            """;
    static final String SERVICES = """
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {istio.io/use-waypoint: gate}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              selector: {app: web}
              clusterIP: 10.96.0.1
              ports:
              - {name: http, port: 80, targetPort: 8080}
              - {name: grpc, port: 7070}
              - {name: tcp, port: 9090}
              - {name: tls, port: 443}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: api, namespace: shop}
            spec: {selector: {app: api}, clusterIP: 10.96.0.2, ports: [{name: http, port: 8000, targetPort: 8080}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop, labels: {app: web}}
            spec: {nodeName: n1, containers: [{name: c}]}
            status: {phase: Running, podIPs: [{ip: 10.0.0.1}], conditions: [{type: Ready, status: 'True'}]}
            """;

    final ManifestFixture source = new ManifestFixture();
    final List<ObjectStatus> statuses = new CopyOnWriteArrayList<>();
    final MeshFeed feed;

    WaypointFixture(String yaml) {
        this(yaml, MeshSettings.DEFAULT);
    }

    WaypointFixture(String yaml, MeshSettings settings) {
        this(yaml, settings, new FakeKeys());
        feed.synced().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /// Begins, and does not wait for the first state.
    WaypointFixture(String yaml, MeshSettings settings, FakeKeys keys) {
        feed = new MeshFeed(source, settings, keys, statuses::add);
        source.apply(yaml);
        feed.start();
    }

    @Override
    public void close() {
        feed.close();
    }

    /// The sets of rules at a port of `web`.
    List<RouteSet> routes(int port) {
        return served("web").getPortsList().stream()
                .filter(each -> each.getPort() == port)
                .findFirst()
                .map(ServicePort::getRoutesList)
                .orElseThrow();
    }

    /// The rules of the only set at a port of `web`.
    List<HttpRule> rules(int port) {
        List<RouteSet> sets = routes(port);
        if (sets.size() != 1) {
            throw new AssertionError("there are " + sets.size() + " sets: " + sets);
        }
        return sets.getFirst().getHttpList();
    }

    Service served(String name) {
        return parsed(TypeUrls.WAYPOINT_SERVICE, "shop/gate|" + host(name), Service.parser());
    }

    Cluster cluster(String name) {
        return parsed(TypeUrls.WAYPOINT_CLUSTER, "shop/gate|" + host(name), Cluster.parser());
    }

    dev.culvert.api.workload.Service address(String name) {
        return parsed(TypeUrls.ADDRESS, host(name), Address.parser()).getService();
    }

    <T extends Message> T parsed(String typeUrl, String key, Parser<T> parser) {
        XdsResource found = Objects.requireNonNull(feed.snapshot(typeUrl).find(key), key);
        try {
            return parser.parseFrom(found.body().getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// The last status of an object.
    ObjectStatus status(String name) {
        return statuses.stream()
                .filter(status -> status.metadata().name().equals(name))
                .reduce((_, second) -> second)
                .orElseThrow();
    }

    private static String host(String name) {
        return "shop/" + name + ".shop.svc.cluster.local";
    }
}
