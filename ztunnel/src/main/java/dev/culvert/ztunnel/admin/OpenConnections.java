package dev.culvert.ztunnel.admin;

import dev.culvert.ztunnel.connection.ConnectionEntry;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.connection.Traffic;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.LoopState;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks every loop which connections are open. Thread-safe; it waits, so not for loops themselves.
final class OpenConnections {
    private static final long PATIENCE_SECONDS = 5;

    /// One open connection. Immutable.
    ///
    /// @param destination where it goes on to
    /// @param protocol of the way on, or of the way in
    record Open(Direction direction, String source, String originalDestination, String destination, String protocol) {}

    private final DataPath dataPath;

    OpenConnections(DataPath dataPath) {
        this.dataPath = dataPath;
    }

    /// The open connections by the UID of their pods. A loop that does not answer in time is left out.
    Map<String, List<Open>> byPod() throws InterruptedException {
        List<CompletableFuture<Map<String, List<Open>>>> answers = new ArrayList<>();
        for (LoopState loop : dataPath.loops().all()) {
            CompletableFuture<Map<String, List<Open>>> answer = new CompletableFuture<>();
            answers.add(answer);
            loop.loop().execute(() -> answer.complete(of(loop)));
        }
        Map<String, List<Open>> all = new HashMap<>();
        for (CompletableFuture<Map<String, List<Open>>> answer : answers) {
            try {
                answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .forEach((uid, open) ->
                                all.computeIfAbsent(uid, _ -> new ArrayList<>()).addAll(open));
            } catch (ExecutionException | TimeoutException _) {
                // the dump is for people, and better without this loop than not at all
            }
        }
        return all;
    }

    private static Map<String, List<Open>> of(LoopState loop) {
        Map<String, List<Open>> open = new HashMap<>();
        loop.connections()
                .forEach(entry -> open.computeIfAbsent(entry.pod().uid(), _ -> new ArrayList<>())
                        .add(open(entry)));
        return open;
    }

    private static Open open(ConnectionEntry entry) {
        Traffic traffic = entry.traffic();
        InetSocketAddress original = entry.captured().destination();
        return new Open(
                entry.direction(),
                text(entry.captured().peer()),
                text(original),
                text(traffic == null ? original : traffic.nextHop()),
                traffic != null && traffic.mutualTls() ? "HBONE" : "TCP");
    }

    private static String text(InetSocketAddress address) {
        return NetUtil.toSocketAddressString(address);
    }
}
