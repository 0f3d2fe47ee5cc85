package dev.culvert.waypoint.http;

import dev.culvert.waypoint.connect.Destination;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.upstream.Cluster;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.upstream.Pick;
import dev.culvert.waypoint.upstream.PickRequest;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Starts the copies of a request. Without state.
final class Mirrors {
    private Mirrors() {}

    /// @param body what has come of it so far goes to the copies too
    static List<Mirror> start(FlowParts parts, Tries.Subject subject, List<BackendTarget> targets, RequestBody body) {
        List<Mirror> mirrors = new ArrayList<>(targets.size());
        for (BackendTarget target : targets) {
            Cluster cluster = subject.world().clusters().get(target.cluster());
            if (cluster == null) {
                continue;
            }
            PickRequest request = new PickRequest(
                    target.port(), target.subset(), null, Set.of(), false, parts.random(), System.nanoTime());
            if (cluster.pick(request) instanceof Pick.Chosen(Lease lease)) {
                mirrors.add(
                        start(parts, subject, cluster.protocol(target.port()).isHttp2(), lease, body));
            }
        }
        return mirrors;
    }

    private static Mirror start(
            FlowParts parts, Tries.Subject subject, boolean portIsHttp2, Lease lease, RequestBody body) {
        TrafficPolicy.Limits limits = lease.policy().limits();
        boolean http2 = portIsHttp2 || limits.http2();
        RequestHead head = shadow(subject.head());
        Mirror mirror = new Mirror(lease, parts.settings().holdBytes());
        body.peekEach(mirror::peekData);
        body.peekTrailers(mirror::requestEnded);
        Destination to = Destination.of(lease, http2, subject.client().address());
        var _ = parts.upstreams().send(to, limits, head, subject.bodyless(), mirror);
        return mirror;
    }

    /// The copy says that it is one, as Envoy's does.
    private static RequestHead shadow(RequestHead head) {
        String authority = head.authority();
        int colon = authority.lastIndexOf(':');
        boolean port = colon > authority.lastIndexOf(']') && colon >= 0;
        String marked =
                port ? authority.substring(0, colon) + "-shadow" + authority.substring(colon) : authority + "-shadow";
        return new RequestHead(
                head.method(),
                head.scheme(),
                marked,
                head.target(),
                head.headers().copy());
    }
}
