package dev.culvert.waypoint.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Consistent hashing: a key stays with its host, and when hosts come or go few keys move. Immutable.
final class HashTable {
    /// Points of the ring in order, or empty for Maglev, where the place in the table says all.
    private final long[] points;
    private final Host[] hosts;

    private HashTable(long[] points, Host[] hosts) {
        this.points = points;
        this.hosts = hosts;
    }

    /// A ring with at least `size` points, shared out by weight; each host has at least one.
    ///
    /// The points of a unit of weight are a power of two, so that they stay the same when a few
    /// hosts come or go, and no keys move but those of the hosts concerned.
    static HashTable ring(List<Host> hosts, int size) {
        long sum = hosts.stream().mapToLong(Host::weight).sum();
        long unit = sum >= size ? 0 : powerOfTwo(Math.ceilDiv((long) size, sum));
        record Point(long hash, Host host) {}
        Point[] ring = hosts.stream()
                .flatMap(host -> {
                    long count = unit == 0 ? Math.ceilDiv((long) size * host.weight(), sum) : unit * host.weight();
                    String name = name(host);
                    return java.util.stream.LongStream.range(0, count)
                            .mapToObj(i -> new Point(hash(name + '_' + i), host));
                })
                .sorted((one, other) -> Long.compareUnsigned(one.hash(), other.hash()))
                .toArray(Point[]::new);
        return new HashTable(
                Arrays.stream(ring)
                        .mapToLong(point -> point.hash() ^ Long.MIN_VALUE)
                        .toArray(),
                Arrays.stream(ring).map(Point::host).toArray(Host[]::new));
    }

    /// A table of Maglev (Eisenbud et al., NSDI 2016), its size raised to a prime; hosts take turns as often as their
    /// weight says.
    static HashTable maglev(List<Host> hosts, int size) {
        int length = prime(Math.max(size, hosts.size()));
        int count = hosts.size();
        long[] next = new long[count];
        long[] skip = new long[count];
        double[] target = new double[count];
        int heaviest = hosts.stream().mapToInt(Host::weight).max().orElse(1);
        for (int i = 0; i < count; i++) {
            String name = name(hosts.get(i));
            next[i] = Long.remainderUnsigned(hash(name), length);
            skip[i] = Long.remainderUnsigned(hash(name + "#skip"), length - 1L) + 1;
        }
        Host[] table = new Host[length];
        for (int filled = 0, round = 1; filled < length; round++) {
            for (int i = 0; i < count && filled < length; i++) {
                if ((double) round * hosts.get(i).weight() < target[i]) {
                    continue;
                }
                target[i] += heaviest;
                while (table[(int) next[i]] != null) {
                    next[i] = (next[i] + skip[i]) % length;
                }
                table[(int) next[i]] = hosts.get(i);
                filled++;
            }
        }
        return new HashTable(new long[0], table);
    }

    Host at(long hash) {
        if (points.length == 0) {
            return hosts[(int) Long.remainderUnsigned(hash, hosts.length)];
        }
        int found = Arrays.binarySearch(points, hash ^ Long.MIN_VALUE);
        int place = found >= 0 ? found : -found - 1;
        return hosts[place == hosts.length ? 0 : place];
    }

    private static String name(Host host) {
        return host.endpoint().address().getHostAddress() + ':' + host.port();
    }

    /// 64 bits of FNV-1a, then mixed: the same on every waypoint, so that replicas agree.
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }

    private static long powerOfTwo(long atLeast) {
        long power = Long.highestOneBit(atLeast);
        return power == atLeast ? power : power << 1;
    }

    private static int prime(int atLeast) {
        int candidate = Math.max(3, atLeast | 1);
        while (!isPrime(candidate)) {
            candidate += 2;
        }
        return candidate;
    }

    private static boolean isPrime(int odd) {
        for (long divisor = 3; divisor * divisor <= odd; divisor += 2) {
            if (odd % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
