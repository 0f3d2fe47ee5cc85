package dev.culvert.waypoint.upstream;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Draws a host for a request, without regard to ejections. Thread-safe.
interface Balancer {

    /// Of at least one host.
    Host next(PickRequest request);

    static Balancer of(List<Host> hosts, LoadBalancing how) {
        LoadBalancing.ConsistentHash hash = how.hash();
        if (hash != null) {
            HashTable table = hash.maglev() ? HashTable.maglev(hosts, hash.size()) : HashTable.ring(hosts, hash.size());
            Weights chance = new Weights(hosts);
            return request -> request.hash() == null ? chance.draw(request) : table.at(request.hash());
        }
        return switch (how.algorithm()) {
            case RANDOM -> new Weights(hosts)::draw;
            case ROUND_ROBIN -> new InTurn(hosts);
            case LEAST_REQUEST -> new LeastBusy(new Weights(hosts));
        };
    }

    /// Chance by weight.
    final class Weights {
        private final Host[] hosts;
        /// Sum of the weights up to and with each host; null when all are equal.
        private final long[] sums;

        Weights(List<Host> hosts) {
            this.hosts = hosts.toArray(Host[]::new);
            int first = hosts.getFirst().weight();
            boolean equal = hosts.stream().allMatch(host -> host.weight() == first);
            sums = equal ? new long[0] : new long[this.hosts.length];
            long sum = 0;
            for (int i = 0; i < sums.length; i++) {
                sum += this.hosts[i].weight();
                sums[i] = sum;
            }
        }

        Host draw(PickRequest request) {
            if (hosts.length == 1) {
                return hosts[0];
            }
            if (sums.length == 0) {
                return hosts[request.random().nextInt(hosts.length)];
            }
            long drawn = request.random().nextLong(sums[sums.length - 1]);
            int low = 0;
            int high = sums.length - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (drawn < sums[middle]) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return hosts[low];
        }
    }

    /// The less busy of two.
    record LeastBusy(Weights weights) implements Balancer {
        @Override
        public Host next(PickRequest request) {
            Host one = weights.draw(request);
            Host other = weights.draw(request);
            return other.state().active() < one.state().active() ? other : one;
        }
    }

    /// One after the other; a host with twice the weight comes twice as often, and not twice in a row where that can be
    /// helped.
    final class InTurn implements Balancer {
        /// Weights are scaled down so that no schedule is longer.
        private static final int LONGEST = 8192;

        private final Host[] schedule;
        private final AtomicInteger turn = new AtomicInteger();

        InTurn(List<Host> hosts) {
            schedule = schedule(hosts);
        }

        @Override
        public Host next(PickRequest request) {
            return schedule[Math.floorMod(turn.getAndIncrement(), schedule.length)];
        }

        private static Host[] schedule(List<Host> hosts) {
            int[] weights = hosts.stream().mapToInt(Host::weight).toArray();
            int divisor = 0;
            long sum = 0;
            for (int weight : weights) {
                divisor = gcd(weight, divisor);
                sum += weight;
            }
            double scale = Math.max(divisor, Math.ceil((double) sum / Math.max(LONGEST - hosts.size(), 1)));
            int length = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.max(1, (int) Math.round(weights[i] / scale));
                length += weights[i];
            }
            return spread(hosts, weights, length);
        }

        /// Smooth weighted round robin: the one that is most behind its share goes next.
        private static Host[] spread(List<Host> hosts, int[] weights, int length) {
            Host[] schedule = new Host[length];
            if (length == hosts.size()) {
                return hosts.toArray(schedule);
            }
            long[] credit = new long[weights.length];
            for (int slot = 0; slot < length; slot++) {
                int best = 0;
                for (int i = 0; i < weights.length; i++) {
                    credit[i] += weights[i];
                    if (credit[i] > credit[best]) {
                        best = i;
                    }
                }
                credit[best] -= length;
                schedule[slot] = hosts.get(best);
            }
            return schedule;
        }

        private static int gcd(int one, int other) {
            return other == 0 ? one : gcd(other, one % other);
        }
    }
}
