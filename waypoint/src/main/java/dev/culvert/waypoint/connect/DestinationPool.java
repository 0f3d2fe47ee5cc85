package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The HTTP connections to one destination. Confined to its loop.
///
/// A request of HTTP/1.1 takes the connection that was used last, or has one dialled; one of HTTP/2
/// takes a connection with a stream to spare, or joins the dial that is under way.
final class DestinationPool implements Http1Connection.Owner, Http2Connection.Owner {
    private final Destination to;
    private final Dialler dialler;
    private final UpstreamSettings settings;
    private final TrafficPolicy.Limits limits;
    private final Runnable whenEmpty;
    private final Deque<Http1Connection> idle = new ArrayDeque<>();
    private final Set<Http1Connection> connections = new LinkedHashSet<>();
    private final List<Http2Connection> multiplexed = new ArrayList<>();
    private final Deque<UpstreamRequest> waiting = new ArrayDeque<>();
    private final Map<Object, Future<?>> timers = new HashMap<>();
    private int dialling;

    DestinationPool(
            Destination to,
            Dialler dialler,
            UpstreamSettings settings,
            TrafficPolicy.Limits limits,
            Runnable whenEmpty) {
        this.to = to;
        this.dialler = dialler;
        this.settings = settings;
        this.limits = limits;
        this.whenEmpty = whenEmpty;
    }

    void submit(UpstreamRequest request) {
        if (to.http2()) {
            submit2(request);
        } else {
            submit1(request);
        }
    }

    // HTTP/1.1

    private void submit1(UpstreamRequest request) {
        for (Http1Connection free = idle.pollLast(); free != null; free = idle.pollLast()) {
            stopTimer(free);
            if (free.isFree()) {
                free.send(request);
                return;
            }
        }
        Http1Connection connection = new Http1Connection(settings.limits(), this);
        dialling++;
        dialler.dial(
                to, settings.connectTimeout(limits), connection, outcome -> dialled1(connection, request, outcome));
    }

    private void dialled1(Http1Connection connection, UpstreamRequest request, DialOutcome outcome) {
        dialling--;
        switch (outcome) {
            case DialOutcome.Connected _ -> {
                connections.add(connection);
                if (request.isWithdrawn()) {
                    free(connection);
                } else {
                    connection.send(request);
                }
            }
            case DialOutcome.Failed(UpstreamFailure failure) -> {
                request.fail(failure);
                releaseIfEmpty();
            }
        }
    }

    @Override
    public void free(Http1Connection connection) {
        if (connection.served() >= limits.requestsPerConnection()) {
            connection.retire();
            return;
        }
        idle.addLast(connection);
        startTimer(connection, connection::close);
    }

    @Override
    public void gone(Http1Connection connection) {
        stopTimer(connection);
        idle.remove(connection);
        connections.remove(connection);
        releaseIfEmpty();
    }

    // HTTP/2

    private void submit2(UpstreamRequest request) {
        Http2Connection free = freest();
        if (free != null) {
            use(free, request);
            return;
        }
        waiting.addLast(request);
        if (dialling == 0) {
            dial2();
        }
    }

    private @Nullable Http2Connection freest() {
        Http2Connection best = null;
        for (Http2Connection each : multiplexed) {
            if (each.isFree() && (best == null || each.openStreams() < best.openStreams())) {
                best = each;
            }
        }
        return best;
    }

    private void use(Http2Connection connection, UpstreamRequest request) {
        stopTimer(connection);
        connection.send(request);
        if (connection.served() >= limits.requestsPerConnection()) {
            connection.retire();
        }
    }

    private void dial2() {
        Http2Connection connection = new Http2Connection(settings.limits(), limits.streams(), this);
        dialling++;
        dialler.dial(to, settings.connectTimeout(limits), connection, outcome -> dialled2(connection, outcome));
    }

    private void dialled2(Http2Connection connection, DialOutcome outcome) {
        dialling--;
        switch (outcome) {
            case DialOutcome.Connected _ -> {
                multiplexed.add(connection);
                serve();
            }
            case DialOutcome.Failed(UpstreamFailure failure) -> {
                List<UpstreamRequest> had = List.copyOf(waiting);
                waiting.clear();
                had.forEach(request -> request.fail(failure));
                releaseIfEmpty();
            }
        }
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            if (waiting.getFirst().isWithdrawn()) {
                waiting.removeFirst();
                continue;
            }
            Http2Connection free = freest();
            if (free == null) {
                if (dialling == 0) {
                    dial2();
                }
                return;
            }
            use(free, waiting.removeFirst());
        }
    }

    @Override
    public void changed(Http2Connection connection) {
        serve();
        if (connection.openStreams() == 0 && connection.isUsable() && multiplexed.contains(connection)) {
            startTimer(connection, connection::retire);
        }
    }

    @Override
    public void gone(Http2Connection connection) {
        stopTimer(connection);
        multiplexed.remove(connection);
        serve();
        releaseIfEmpty();
    }

    // Both

    private void startTimer(Object connection, Runnable action) {
        stopTimer(connection);
        long millis = settings.idle(limits).toMillis();
        timers.put(connection, dialler.loop().schedule(action, millis, TimeUnit.MILLISECONDS));
    }

    private void stopTimer(Object connection) {
        Future<?> timer = timers.remove(connection);
        if (timer != null) {
            timer.cancel(false);
        }
    }

    void retire() {
        List.copyOf(connections).forEach(Http1Connection::retire);
        List.copyOf(multiplexed).forEach(Http2Connection::retire);
        UpstreamFailure failure = new UpstreamFailure(Kind.NOT_CONNECTED, "the waypoint is going away");
        List<UpstreamRequest> had = List.copyOf(waiting);
        waiting.clear();
        had.forEach(request -> request.fail(failure));
    }

    int size() {
        return connections.size() + multiplexed.size();
    }

    private void releaseIfEmpty() {
        if (connections.isEmpty() && multiplexed.isEmpty() && waiting.isEmpty() && dialling == 0) {
            whenEmpty.run();
        }
    }
}
