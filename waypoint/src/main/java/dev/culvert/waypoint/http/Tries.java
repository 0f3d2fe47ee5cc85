package dev.culvert.waypoint.http;

import dev.culvert.waypoint.connect.Destination;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.ServerEnd;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.upstream.Cluster;
import dev.culvert.waypoint.upstream.Endpoint;
import dev.culvert.waypoint.upstream.HashKeys;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.upstream.Pick;
import dev.culvert.waypoint.upstream.PickRequest;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The tries to have one request served: an endpoint is chosen, connected and asked, and another
/// one when that fails and the rule allows it. Confined to the loop of its exchange.
///
/// The response of the last try goes to the owner, who hears of nothing before.
final class Tries {
    /// Who wants the response. Nothing follows `answeredHere` and `lost`.
    interface Owner {
        /// A backend takes the body; what is kept of it was sent already.
        void connected(ServerEnd end);

        /// That backend is given up; another one is tried later.
        void disconnected();

        void informational(ResponseHead head);

        void head(ResponseHead head, boolean last);

        void data(ByteBuf bytes);

        void ended(HttpHeaders trailers);

        void readComplete();

        void serverWritable();

        /// There is no response of a backend; this is to be answered instead.
        void answeredHere(LocalReply reply);

        /// The response broke off.
        void lost(UpstreamFailure failure);
    }

    private final FlowParts parts;
    private final Owner owner;
    private final WaypointWorld world;
    private final Client client;
    private final RequestHead head;
    private final RequestBody body;
    private final boolean bodyless;
    private final Plan plan;
    private final ExchangeRecord record;
    private final Set<String> tried = new HashSet<>(4);
    private @Nullable String setCookie;
    private @Nullable Attempt current;
    private @Nullable Future<?> pause;
    private int count;
    private boolean over;

    /// What tries are about. Immutable but for what it names.
    record Subject(WaypointWorld world, Client client, RequestHead head, boolean bodyless, ExchangeRecord record) {}

    Tries(FlowParts parts, Owner owner, Subject subject, RequestBody body, Plan plan) {
        this.parts = parts;
        this.owner = owner;
        this.body = body;
        this.plan = plan;
        world = subject.world();
        client = subject.client();
        head = subject.head();
        bodyless = subject.bodyless();
        record = subject.record();
    }

    /// Begins with the next try.
    void next() {
        pause = null;
        count++;
        record.attempts = count;
        switch (plan.to()) {
            case Plan.To.One(Endpoint workload, int port) -> {
                boolean http2 = record.protocol.equals("HTTP/2");
                begin(null, workload, Destination.of(workload, port, isHttp2(http2)), TrafficPolicy.Limits.DEFAULT);
            }
            case Plan.To.AnyOf(var target) -> {
                Cluster cluster = world.clusters().get(target.cluster());
                record.cluster = target.cluster();
                if (cluster == null) {
                    answer(LocalReply.text(503, "", "NC", "cluster_not_found"));
                    return;
                }
                pick(cluster, target.port(), target.subset());
            }
        }
    }

    private boolean isHttp2(boolean wanted) {
        return wanted && !head.headers().contains(HttpHeaderNames.UPGRADE);
    }

    private void pick(Cluster cluster, int port, String subset) {
        TrafficPolicy policy = cluster.policy(port, subset);
        HashKeys.Found key = HashKeys.of(policy.loadBalancing().hash(), head, client, parts.random());
        setCookie = key.setCookie() == null ? setCookie : key.setCookie();
        PickRequest request =
                new PickRequest(port, subset, key.hash(), tried, count > 1, parts.random(), System.nanoTime());
        switch (cluster.pick(request)) {
            case Pick.NoEndpoint(String reason) -> {
                record.upstreamFailure = reason;
                answer(LocalReply.text(503, "no healthy upstream", "UH", "no_healthy_upstream"));
            }
            case Pick.Overflow(String limit) -> {
                record.upstreamFailure = limit;
                answer(UpstreamReplies.of(UpstreamFailure.Kind.OVERFLOW));
            }
            case Pick.Chosen(Lease lease) -> {
                TrafficPolicy.Limits limits = policy.limits();
                boolean asClient = limits.clientProtocol() && record.protocol.equals("HTTP/2");
                boolean http2 = isHttp2(cluster.protocol(port).isHttp2() || limits.http2() || asClient);
                begin(lease, lease.endpoint(), Destination.of(lease, http2, client.address()), limits);
            }
        }
    }

    private void begin(@Nullable Lease lease, Endpoint endpoint, Destination to, TrafficPolicy.Limits limits) {
        tried.add(endpoint.uid());
        record.upstreamHost = to.address();
        record.upstreamWorkload = endpoint.info();
        record.upstreamIdentity = endpoint.identity();
        record.upstreamTunnel = endpoint.hbone();
        StandardFields.outgoing(head, count);
        Attempt attempt = new Attempt(lease);
        current = attempt;
        attempt.start(to, limits);
    }

    private void answer(LocalReply reply) {
        if (!over) {
            over = true;
            owner.answeredHere(reply);
        }
    }

    /// Gives the request up.
    void cancel() {
        over = true;
        if (pause != null) {
            pause.cancel(false);
            pause = null;
        }
        Attempt attempt = current;
        current = null;
        if (attempt != null) {
            attempt.cancel();
        }
    }

    private boolean mayTryAgain() {
        return !over && count <= plan.retry().attempts() && body.isReplayable();
    }

    private void again() {
        current = null;
        owner.disconnected();
        pause = parts.loop()
                .schedule(
                        this::next,
                        Retries.pause(plan.retry(), count, parts.random()).toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    /// One try.
    private final class Attempt implements ServerListener {
        private final @Nullable Lease lease;
        private final long startNanos = System.nanoTime();
        private @Nullable Runnable withdraw;
        private @Nullable ServerEnd end;
        private @Nullable Future<?> timer;
        private boolean answered;
        private boolean done;

        Attempt(@Nullable Lease lease) {
            this.lease = lease;
        }

        void start(Destination to, TrafficPolicy.Limits limits) {
            if (!plan.tryTimeout().isZero()) {
                timer = parts.loop().schedule(this::timedOut, plan.tryTimeout().toNanos(), TimeUnit.NANOSECONDS);
            }
            Runnable giveUp = parts.upstreams().send(to, limits, head, bodyless, this);
            if (!done) {
                withdraw = giveUp;
            }
        }

        @Override
        public void opened(ServerEnd opened) {
            if (done) {
                opened.reset();
                return;
            }
            end = opened;
            record.upstreamLocal = opened.localAddress();
            record.upstreamSentNanos = System.nanoTime();
            if (!bodyless) {
                body.replay(opened);
            }
            owner.connected(opened);
        }

        @Override
        public void informational(ResponseHead info) {
            if (!done) {
                owner.informational(info);
            }
        }

        @Override
        public void head(ResponseHead response, boolean last) {
            if (done) {
                return;
            }
            record.upstreamHeadNanos = System.nanoTime();
            if (lease != null) {
                lease.answered(response.status());
            }
            if (response.status() != 101 && mayTryAgain() && Retries.after(response, plan.retry())) {
                close();
                if (end != null) {
                    end.reset();
                }
                again();
                return;
            }
            answered = true;
            stopTimer();
            body.drop();
            StandardFields.response(response, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
            if (setCookie != null) {
                response.headers().add(HttpHeaderNames.SET_COOKIE, setCookie);
            }
            owner.head(response, last);
        }

        @Override
        public void data(ByteBuf bytes) {
            if (done) {
                bytes.release();
            } else {
                owner.data(bytes);
            }
        }

        @Override
        public void ended(HttpHeaders trailers) {
            if (!done) {
                close();
                over = true;
                owner.ended(trailers);
            }
        }

        @Override
        public void readComplete() {
            if (!done) {
                owner.readComplete();
            }
        }

        @Override
        public void writabilityChanged() {
            if (current == this) {
                owner.serverWritable();
            }
        }

        @Override
        public void failed(UpstreamFailure failure) {
            if (done) {
                return;
            }
            record.upstreamFailure = failure.message();
            if (lease != null) {
                lease.failed();
            }
            close();
            if (answered) {
                over = true;
                owner.lost(failure);
            } else if (mayTryAgain()
                    && Retries.after(failure.kind(), Retries.isIdempotent(head.method()), plan.retry())) {
                again();
            } else {
                answer(UpstreamReplies.of(failure.kind()));
            }
        }

        private void timedOut() {
            if (done || answered) {
                return;
            }
            if (lease != null) {
                lease.failed();
            }
            cancel();
            if (mayTryAgain() && Retries.afterTimeout(plan.retry())) {
                again();
            } else {
                answer(UpstreamReplies.TIMEOUT);
            }
        }

        void cancel() {
            if (done) {
                return;
            }
            close();
            if (end != null) {
                end.reset();
            } else if (withdraw != null) {
                withdraw.run();
            }
        }

        private void close() {
            done = true;
            stopTimer();
            if (lease != null) {
                lease.close();
            }
        }

        private void stopTimer() {
            if (timer != null) {
                timer.cancel(false);
                timer = null;
            }
        }
    }
}
