package dev.culvert.bench;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Debian's load generators inside the lab's pods. Used from one thread.
final class LoadTools {
    private static final Pattern SUM = Pattern.compile(
            "\"sum_received\":\\s*\\{[^}]*\"seconds\":\\s*([0-9.e+]+)[^}]*\"bytes\":\\s*([0-9]+)", Pattern.DOTALL);
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");

    /// What a transfer moved.
    record Transfer(double seconds, double bytes) {
        double gigabitsPerSecond() {
            return bytes * 8 / seconds / 1e9;
        }

        double gigabytes() {
            return bytes / 1e9;
        }
    }

    /// Percentiles in milliseconds.
    record Latency(double p50, double p99, double p999, int sent) {}

    private final MeshLab mesh;
    private final LabPod client;
    private final LabPod server;
    private final Path directory;
    private final String url;

    /// @param origin what requests are sent to, as `http://address:port`
    LoadTools(MeshLab mesh, LabPod client, LabPod server, String origin) {
        this.mesh = mesh;
        this.client = client;
        this.server = server;
        this.directory = mesh.lab().directory().resolve("load");
        this.url = origin + "/1k";
    }

    /// Starts iperf3's server and nginx in the server's pod, and waits until they answer through the mesh.
    void startServers() {
        try {
            Files.createDirectories(directory.resolve("www"));
            Files.writeString(directory.resolve("www/1k"), "x".repeat(1024));
            Files.writeString(directory.resolve("nginx.conf"), """
                    user root; daemon off; worker_processes 1; pid %1$s/nginx.pid; error_log stderr;
                    events { worker_connections 8192; }
                    http { access_log off; keepalive_requests 100000000; keepalive_timeout 600s; tcp_nodelay on;
                      open_file_cache max=10; client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2;
                      fastcgi_temp_path %1$s/t3; uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
                      server { listen 8080 backlog=4096; root %1$s/www; } }
                    """.formatted(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LabProcess iperf = mesh.exec(server, "iperf", "iperf3", "-s");
        LabProcess nginx = mesh.exec(
                server,
                "nginx",
                "nginx",
                "-e",
                "stderr",
                "-c",
                directory.resolve("nginx.conf").toString());
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!client.exec("curl", "-fsS", "-m", "2", "-o", "/dev/null", url).ok()) {
            if (System.nanoTime() > deadline || !nginx.alive() || !iperf.alive()) {
                throw new IllegalStateException("the servers do not answer: " + nginx.tail()
                        + client.exec("curl", "-sS", "-m", "2", url).err());
            }
            Bench.pause(200);
        }
    }

    /// Moves bytes for some seconds over so many connections.
    Transfer iperf(int streams, int seconds) {
        Shell.Result result = client.exec(
                "iperf3", "-c", server.ipv4(), "-t", Integer.toString(seconds), "-P", Integer.toString(streams), "-J");
        Matcher matcher = SUM.matcher(result.out());
        if (!matcher.find()) {
            throw new IllegalStateException("iperf3: " + result.err() + result.out());
        }
        return new Transfer(Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2)));
    }

    /// Requests at a fixed, even rate over 16 kept connections, that begin a millisecond apart so that they do not
    /// come in bursts; each one's time is logged, the first second's are left out.
    Latency paced(int perSecond, int seconds) {
        Path log = directory.resolve("paced.log");
        int clients = 16;
        int requests = perSecond * (seconds + 1) / clients * clients;
        try {
            Files.deleteIfExists(log);
            Shell.Result result = client.exec(
                    "h2load",
                    "--h1",
                    "-t1",
                    "-c",
                    Integer.toString(clients),
                    "-n",
                    Integer.toString(requests),
                    "-r",
                    "1",
                    "--rate-period=1ms",
                    "--rps=" + perSecond / (double) clients,
                    "--log-file=" + log,
                    url);
            if (!result.ok() || !result.out().contains(" 0 failed")) {
                throw new IllegalStateException("h2load: " + result.err() + result.out());
            }
            long[][] all = Files.readAllLines(log).stream()
                    .map(line -> line.split("\t", -1))
                    .map(fields -> new long[] {Long.parseLong(fields[0]), Long.parseLong(fields[2])})
                    .toArray(long[][]::new);
            long first = Arrays.stream(all).mapToLong(entry -> entry[0]).min().orElse(0);
            long[] micros = Arrays.stream(all)
                    .filter(entry -> entry[0] > first + 1_000_000)
                    .mapToLong(entry -> entry[1])
                    .sorted()
                    .toArray();
            return new Latency(at(micros, 0.5), at(micros, 0.99), at(micros, 0.999), all.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double at(long[] sorted, double quantile) {
        if (sorted.length == 0) {
            throw new IllegalStateException("no requests were logged");
        }
        return sorted[Math.min(sorted.length - 1, (int) (sorted.length * quantile))] / 1000.0;
    }

    /// As many requests as 16 connections can, each kept or each new.
    double wrk(boolean newConnections, int seconds) {
        String[] command = {
            "wrk", "-t1", "-c16", "-d" + seconds + "s", "-H", newConnections ? "Connection: close" : "X-Kept: yes", url
        };
        Shell.Result result = Shell.attempt(Map.of(), "", Shell.inside(client.netns(), command));
        Matcher matcher = RATE.matcher(result.out());
        if (!matcher.find() || result.out().contains("Non-2xx")) {
            throw new IllegalStateException(Arrays.toString(command) + ": " + result.err() + result.out());
        }
        return Double.parseDouble(matcher.group(1));
    }
}
