package dev.culvert.ztunnel.dns;

import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Sends one pod's queries to the nameservers, a bounded number at a time.
///
/// Confined to its loop.
final class DnsForwarder {
    /// How a query came, and so how it is passed on: a client that retries over TCP wants the whole answer.
    enum Carrier {
        DATAGRAM,
        STREAM
    }

    private static final SecureRandom RANDOM = new SecureRandom();

    private final EventLoop loop;
    private final DnsSockets sockets;
    private final List<InetSocketAddress> nameservers;
    private final DnsLimits limits;
    private final Set<DnsExchange> open = new HashSet<>();
    private boolean closed;

    DnsForwarder(EventLoop loop, DnsSockets sockets, List<InetSocketAddress> nameservers, DnsLimits limits) {
        this.loop = loop;
        this.sockets = sockets;
        this.nameservers = nameservers;
        this.limits = limits;
    }

    /// Passes `query` on. `answer` is called exactly once, on this loop, with the reply under the query's own id; it
    /// is not called any more once this is closed.
    void forward(DnsMessage query, Carrier carrier, Consumer<DnsMessage> answer) {
        assert loop.inEventLoop();
        if (closed) {
            return;
        }
        if (open.size() >= limits.queries() || nameservers.isEmpty()) {
            answer.accept(query.failure(DnsMessage.SERVER_FAILURE));
            return;
        }
        DnsExchange exchange = new DnsExchange(this, query, carrier, answer);
        open.add(exchange);
        exchange.start();
    }

    /// Drops every query in flight.
    void close() {
        closed = true;
        List.copyOf(open).forEach(DnsExchange::abandon);
    }

    void ended(DnsExchange exchange) {
        open.remove(exchange);
    }

    int randomId() {
        return RANDOM.nextInt(1 << 16);
    }

    EventLoop loop() {
        return loop;
    }

    DnsSockets sockets() {
        return sockets;
    }

    List<InetSocketAddress> nameservers() {
        return nameservers;
    }

    DnsLimits limits() {
        return limits;
    }
}
