package dev.culvert.mesh.telemetry;

import dev.culvert.process.Metrics;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The metrics of the process itself: its version, its file descriptors. Asked for at each scrape, on the
/// thread of the scrape.
public final class ProcessMetrics {
    private ProcessMetrics() {}

    /// Adds them to `metrics`, for a component of a version.
    public static void register(Metrics metrics, String component, String tag) {
        MetricCatalogue.BUILD.gauge(metrics).with(component, tag).set(1);
        MetricCatalogue.OPEN_FDS.gauge(metrics).ask(ProcessMetrics::openDescriptors);
        MetricCatalogue.MAX_FDS.gauge(metrics).ask(ProcessMetrics::maxDescriptors);
    }

    private static double openDescriptors() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            // The listing itself has one open.
            long count = -1;
            for (Path _ : entries) {
                count++;
            }
            return count;
        } catch (IOException _) {
            return Double.NaN;
        }
    }

    private static double maxDescriptors() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
                if (line.startsWith("Max open files")) {
                    String soft =
                            line.substring("Max open files".length()).strip().split("\\s+", 2)[0];
                    return soft.equals("unlimited") ? Double.POSITIVE_INFINITY : Double.parseDouble(soft);
                }
            }
            return Double.NaN;
        } catch (IOException | NumberFormatException _) {
            return Double.NaN;
        }
    }
}
