package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.ClientEnd;
import dev.culvert.waypoint.exchange.ClientListener;
import dev.culvert.waypoint.exchange.ExchangeObserver;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.fault.FaultDecision;
import dev.culvert.waypoint.policy.Admission;
import dev.culvert.waypoint.policy.PolicyRequest;
import dev.culvert.waypoint.policy.PolicyStep;
import dev.culvert.waypoint.policy.external.HeaderChange;
import dev.culvert.waypoint.policy.path.NormalizedTarget;
import dev.culvert.waypoint.ratelimit.RateLimiter;
import dev.culvert.waypoint.ratelimit.RateRequest;
import dev.culvert.waypoint.ratelimit.RateVerdict;
import dev.culvert.waypoint.world.Served;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request, from its head to its end, in phases: prepare, judge, route, limit, inject, filter,
/// forward, respond, end. Each may be the last but for `end`, which is always run, once. Confined
/// to the loop of its connection.
///
/// The world is read once, at the beginning.
final class HttpFlow implements ClientListener {
    private final FlowParts parts;
    private final ClientConnection connection;
    private final ClientEnd client;
    private final RequestHead head;
    private final boolean bodyless;
    private final WaypointWorld world;
    private final Served served;
    private final ExchangeRecord record;
    private final ExchangeObserver observer;
    private final RequestBody body;
    private final ResponseSide response;
    private final GrpcMessages messages = new GrpcMessages();
    private PolicyStep.@Nullable NeedsBody wanting;
    private @Nullable Future<?> delay;
    private @Nullable Future<?> requestTimer;
    private @Nullable BodyWatch watch;

    HttpFlow(FlowParts parts, ClientConnection connection, ClientEnd client, Incoming incoming) {
        this.parts = parts;
        this.connection = connection;
        this.client = client;
        head = incoming.head();
        bodyless = incoming.bodyless();
        world = incoming.world();
        served = incoming.served();
        record = new ExchangeRecord(connection.client(), client.protocol());
        observer = parts.observers().of(world.self(), served.telemetry());
        body = new RequestBody(parts.settings().replayBytes());
        response = new ResponseSide(client, record, head, this::updateReading, this::end);
    }

    /// What a flow begins with. Immutable but for the head.
    record Incoming(WaypointWorld world, Served served, RequestHead head, boolean bodyless) {}

    @Override
    public void begin() {
        prepare();
    }

    // prepare: the request as everybody after this sees it

    private void prepare() {
        served.describe(record);
        record.describe(head);
        observer.began(record);
        if (!bodyless && !record.grpc) {
            watch = new BodyWatch(parts.loop(), parts.settings().bodyIdle(), this::bodyStalled);
        }
        StandardFields.incoming(head, world.self(), connection.client().identity(), connection.self(), parts.random());
        switch (world.environment().normalizer().normalize(head.target())) {
            case NormalizedTarget.Refused refused -> reply(refused.reply());
            case NormalizedTarget.Accepted(String target) -> {
                head.target(target);
                judge();
            }
        }
    }

    // judge: may this client do that?

    private void judge() {
        step(served.policies()
                .evaluate(new PolicyRequest(connection.client(), head, client.protocol()), parts.policy()));
    }

    private void step(PolicyStep step) {
        if (response.isOver()) {
            return;
        }
        switch (step) {
            case PolicyStep.Continue(Admission admission) -> {
                response.changes(admission.responseChanges());
                route();
            }
            case PolicyStep.Refuse(LocalReply reply) -> reply(reply);
            case PolicyStep.NeedsBody needs -> {
                wanting = needs;
                gather();
            }
            case PolicyStep.Pending(var next) -> {
                updateReading();
                var _ = next.thenAccept(this::step);
            }
        }
    }

    private void gather() {
        PolicyStep.NeedsBody needs = wanting;
        if (needs == null) {
            return;
        }
        if (bodyless || body.isEnded() || body.keptBytes() > needs.maxBytes()) {
            wanting = null;
            boolean whole = (bodyless || body.isEnded()) && body.keptBytes() <= needs.maxBytes();
            step(needs.then().judge(body.peek(needs.maxBytes()), whole));
        } else {
            updateReading();
        }
    }

    // route: by which rule?

    private void route() {
        switch (Routing.of(served, head, connection.client().namespace())) {
            case Routing.Answer(LocalReply reply) -> reply(reply);
            case Routing.Ruled ruled -> {
                record.routeName = ruled.rule().name();
                limit(ruled);
            }
            case Routing.Plain plain -> limit(plain);
        }
    }

    // limit: may so many come?

    private void limit(Routing routing) {
        if (served.limiter() == RateLimiter.NONE) {
            go(routing);
            return;
        }
        RateRequest counted = new RateRequest(
                head,
                connection.client(),
                world.environment().remoteAddress(connection.client(), head),
                record.routeName,
                record.serviceHostname);
        updateReading();
        var _ = served.limiter()
                .judge(counted, parts.policy().calls())
                .thenAccept(verdict -> limited(verdict, routing));
    }

    private void limited(RateVerdict verdict, Routing routing) {
        if (response.isOver()) {
            return;
        }
        switch (verdict) {
            case RateVerdict.Refuse(LocalReply reply) -> reply(reply);
            case RateVerdict.Admit(var requestFields, var responseFields) -> {
                requestFields.forEach(field -> head.headers().add(field.getKey(), field.getValue()));
                response.changes(responseFields.stream()
                        .map(field -> new HeaderChange(HeaderChange.Kind.ADD, field.getKey(), field.getValue()))
                        .toList());
                go(routing);
            }
        }
    }

    private void go(Routing routing) {
        switch (routing) {
            case Routing.Answer(LocalReply reply) -> reply(reply);
            case Routing.Ruled ruled -> inject(ruled);
            case Routing.Plain plain -> forward(plain.plan());
        }
    }

    // inject: the faults that the rule wants

    private void inject(Routing.Ruled ruled) {
        switch (ruled.rule().fault().decide(parts.random())) {
            case FaultDecision.None _ -> filter(ruled);
            case FaultDecision.Delay(Duration time) -> {
                record.flag("DI");
                after(time, () -> filter(ruled));
            }
            case FaultDecision.Abort(Duration time, LocalReply reply) -> {
                if (time.isZero()) {
                    reply(reply);
                } else {
                    record.flag("DI");
                    after(time, () -> reply(reply));
                }
            }
        }
    }

    private void after(Duration time, Runnable action) {
        updateReading();
        delay = parts.loop().schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
    }

    // filter: change it, answer it, choose a backend

    private void filter(Routing.Ruled ruled) {
        switch (Routing.filter(ruled, head, served.port(), parts.random())) {
            case Routing.Answer(LocalReply reply) -> reply(reply);
            case Routing.Plain plain -> forward(plain.plan());
            case Routing.Ruled _ -> throw new IllegalStateException("filters lead to no further rule");
        }
    }

    // forward: to a backend, by as many tries as it takes

    private void forward(Plan plan) {
        if (!plan.requestTimeout().isZero()) {
            startTimer(plan.requestTimeout(), UpstreamReplies.TIMEOUT);
        } else if (record.grpc) {
            startTimer(GrpcTimeout.of(head), UpstreamReplies.DEADLINE);
        }
        response.edits(plan.response());
        Tries.Subject subject = new Tries.Subject(world, connection.client(), head, bodyless, record);
        response.mirrors(Mirrors.start(parts, subject, plan.mirrors(), body));
        Tries tries = new Tries(parts, response, subject, body, plan);
        response.tries(tries);
        tries.next();
        updateReading();
    }

    private void startTimer(Duration time, LocalReply reply) {
        if (!time.isZero()) {
            long left = time.toNanos() - (System.nanoTime() - record.startNanos);
            requestTimer =
                    parts.loop().schedule(() -> response.timedOut(reply), Math.max(0, left), TimeUnit.NANOSECONDS);
        }
    }

    private void bodyStalled() {
        if (!response.hasBegun()) {
            reply(LocalReply.text(408, "stream timeout", "SI", "stream_idle_timeout"));
        }
    }

    private void reply(LocalReply reply) {
        response.reply(reply);
    }

    // What comes from the client.

    @Override
    public void data(ByteBuf bytes) {
        record.requestBytes += bytes.readableBytes();
        if (record.grpc) {
            record.requestMessages += messages.peek(bytes);
        }
        if (watch != null) {
            watch.progress();
        }
        if (!response.forwards(bytes, body)) {
            body.hold(bytes);
            gather();
        }
        updateReading();
    }

    @Override
    public void ended(HttpHeaders trailers) {
        record.requestEndNanos = System.nanoTime();
        body.ended(trailers);
        if (watch != null) {
            watch.stop();
        }
        response.requestEnded(trailers);
        gather();
    }

    @Override
    public void readComplete() {
        response.flushRequest();
    }

    @Override
    public void writabilityChanged() {
        response.clientWritable();
    }

    @Override
    public void abandoned() {
        response.abandoned();
    }

    @Override
    public void malformed(LocalReply reply) {
        response.malformed(reply);
    }

    /// The request's body is read while there is somewhere to put it.
    private void updateReading() {
        if (response.isOver()) {
            return;
        }
        boolean wanted = response.takesRequest(
                wanting == null
                        ? body.keptBytes() < parts.settings().holdBytes()
                        : body.keptBytes() <= wanting.maxBytes());
        client.read(wanted);
        if (watch != null) {
            watch.waiting(wanted);
        }
    }

    // end: whatever happened

    private void end() {
        body.drop();
        if (delay != null) {
            delay.cancel(false);
        }
        if (requestTimer != null) {
            requestTimer.cancel(false);
        }
        if (watch != null) {
            watch.stop();
        }
        record.endNanos = System.nanoTime();
        observer.ended(record);
    }
}
