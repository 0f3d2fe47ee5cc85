package dev.culvert.waypoint.upstream;

import dev.culvert.waypoint.upstream.LoadBalancing.Warmup;
import dev.culvert.waypoint.upstream.TrafficPolicy.Outliers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The endpoints of a cluster for one port and subset, ready to be drawn from. Immutable but for the counts of its
/// hosts.
final class HostSet {
    /// Draws that may land on a host to stay away from, before all are looked at in turn (as many as Envoy's).
    private static final int DRAWS = 5;
    /// A tier with more than 1/1.4 of its hosts in order takes all of its load (Envoy's overprovisioning factor).
    private static final double OVERPROVISIONING = 1.4;

    private record Tier(List<Host> hosts, @Nullable Balancer balancer, int total) {}

    private final TrafficPolicy policy;
    private final List<Tier> tiers;
    private final int all;

    /// @param tiers nearest first, with the hosts that are not healthy too
    HostSet(TrafficPolicy policy, List<List<Host>> tiers) {
        this.policy = policy;
        this.all = tiers.stream().mapToInt(List::size).sum();
        this.tiers = tiers.stream().map(hosts -> tier(hosts, policy)).toList();
    }

    private static Tier tier(List<Host> hosts, TrafficPolicy policy) {
        List<Host> healthy =
                hosts.stream().filter(host -> host.endpoint().healthy()).toList();
        return new Tier(healthy, healthy.isEmpty() ? null : Balancer.of(healthy, policy.loadBalancing()), hosts.size());
    }

    TrafficPolicy policy() {
        return policy;
    }

    /// Hosts, the unhealthy ones too.
    int size() {
        return all;
    }

    /// A host that is neither ejected nor, while there are others, tried before.
    @Nullable
    Host draw(PickRequest request) {
        int start = tiers.size() > 1 ? spill(request) : 0;
        Host second = null;
        for (int i = 0; i < tiers.size(); i++) {
            Tier tier = tiers.get((start + i) % tiers.size());
            Host host = draw(tier, request);
            if (host != null && !request.tried().contains(host.endpoint().uid())) {
                return host;
            }
            second = second == null ? host : second;
        }
        return second;
    }

    /// The tier to begin with: what a tier cannot take for want of healthy hosts goes to those after it.
    private int spill(PickRequest request) {
        double drawn = request.random().nextDouble();
        for (int i = 0; i < tiers.size(); i++) {
            Tier tier = tiers.get(i);
            int usable = 0;
            for (Host host : tier.hosts()) {
                usable += host.state().isEjected(request.now()) ? 0 : 1;
            }
            double share = Math.min(1, OVERPROVISIONING * usable / tier.total());
            if (drawn < share) {
                return i;
            }
            drawn = share >= 1 ? 0 : (drawn - share) / (1 - share);
        }
        return 0;
    }

    private @Nullable Host draw(Tier tier, PickRequest request) {
        Balancer balancer = tier.balancer();
        if (balancer == null) {
            return null;
        }
        for (int i = 0; i < DRAWS; i++) {
            Host host = balancer.next(request);
            if (isWanted(host, request) && isWarm(host, request)) {
                return host;
            }
        }
        Host second = null;
        int offset = request.random().nextInt(tier.hosts().size());
        for (int i = 0; i < tier.hosts().size(); i++) {
            Host host = tier.hosts().get((offset + i) % tier.hosts().size());
            if (isWanted(host, request)) {
                return host;
            }
            if (!host.state().isEjected(request.now())) {
                second = host;
            }
        }
        return second;
    }

    private static boolean isWanted(Host host, PickRequest request) {
        return !host.state().isEjected(request.now())
                && !request.tried().contains(host.endpoint().uid());
    }

    /// While a host is new, a part of the draws that land on it go elsewhere.
    private boolean isWarm(Host host, PickRequest request) {
        Warmup warmup = policy.loadBalancing().warmup();
        if (warmup == null) {
            return true;
        }
        double passed = (double) (request.now() - host.state().since())
                / warmup.duration().toNanos();
        if (passed >= 1) {
            return true;
        }
        double share = Math.max(warmup.minimumPercent() / 100, Math.pow(Math.max(passed, 0), 1 / warmup.aggression()));
        return request.random().nextDouble() < share;
    }

    /// Sets a host aside, unless too many are already, or too few are in order.
    void eject(Host host, Outliers rules) {
        long now = System.nanoTime();
        int ejected = 0;
        int healthy = 0;
        for (Tier tier : tiers) {
            healthy += tier.hosts().size();
            for (Host each : tier.hosts()) {
                ejected += each.state().isEjected(now) ? 1 : 0;
            }
        }
        boolean enoughHealthy = 100L * (healthy - ejected) >= (long) rules.minimumHealthPercent() * all;
        boolean mayEject = ejected == 0 || 100L * (ejected + 1) <= (long) rules.maximumPercent() * all;
        if (enoughHealthy && mayEject && !host.state().isEjected(now)) {
            host.state().eject(now, rules);
        }
    }

    /// Why nothing could be drawn.
    String explain(long now) {
        if (all == 0) {
            return "no endpoint has this port and belongs to this subset";
        }
        List<Host> healthy = new ArrayList<>();
        tiers.forEach(tier -> healthy.addAll(tier.hosts()));
        if (healthy.isEmpty()) {
            return "none of " + all + " endpoints is ready";
        }
        long ejected =
                healthy.stream().filter(host -> host.state().isEjected(now)).count();
        return ejected + " of " + healthy.size() + " ready endpoints are ejected by outlier detection";
    }
}
