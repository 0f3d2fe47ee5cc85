package dev.culvert.bench;

import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads what the node proxies of a lab have used, from `/proc`. Used from one thread.
final class ProxyMeter {
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME = 11;

    private final MeshLab mesh;
    private final Topology topology;
    private @Nullable LabProcess other;

    ProxyMeter(MeshLab mesh, Topology topology) {
        this.mesh = mesh;
        this.topology = topology;
    }

    /// One more proxy counts, that is on neither node's account.
    void also(LabProcess process) {
        other = process;
    }

    /// User and system time of all proxies so far, in seconds.
    double cpuSeconds() {
        double more = other == null ? 0 : cpu(other.pid());
        return topology instanceof Topology.Direct ? 0 : cpu(pid(1)) + cpu(pid(2)) + more;
    }

    /// Resident memory of the one more.
    double residentMegabytesOfOther() {
        return other == null ? 0 : resident(other.pid());
    }

    /// Resident memory of the first node's proxy.
    double residentMegabytes() {
        return resident(pid(1));
    }

    /// Resident memory of both.
    double residentMegabytesOfBoth() {
        return resident(pid(1)) + resident(pid(2));
    }

    private long pid(int node) {
        LabProcess proxy = mesh.process(node).processes().getLast();
        return proxy.pid();
    }

    private static double cpu(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    }

    private static double resident(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("process " + pid + " has no VmRSS"));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
