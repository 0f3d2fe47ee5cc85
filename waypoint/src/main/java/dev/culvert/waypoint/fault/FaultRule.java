package dev.culvert.waypoint.fault;

import dev.culvert.api.waypoint.Fault;
import dev.culvert.waypoint.exchange.LocalReply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Chances of a delay and of an abort, drawn apart from each other (HTTPFaultInjection of Istio).
/// Immutable.
///
/// @param delay zero for none
/// @param abort the answer; never given when `abortPerMillion` is zero
public record FaultRule(Duration delay, int delayPerMillion, LocalReply abort, int abortPerMillion) {
    /// None at all.
    public static final FaultRule NONE = new FaultRule(Duration.ZERO, 0, abort(503, false, 0), 0);

    private static final int MILLION = 1_000_000;

    /// Compiles what the control plane sent.
    public static FaultRule compile(Fault fault) {
        Fault.Delay delay = fault.getDelay();
        Fault.Abort abort = fault.getAbort();
        boolean grpc = abort.getGrpc() || abort.getGrpcStatus() != 0;
        return new FaultRule(
                Duration.ofSeconds(
                        delay.getFixed().getSeconds(), delay.getFixed().getNanos()),
                delay.getPerMillion(),
                abort(abort.getHttpStatus(), grpc, abort.getGrpcStatus()),
                abort.getPerMillion());
    }

    /// Draws for one request.
    public FaultDecision decide(RandomGenerator random) {
        boolean delayed = delay.isPositive() && hits(random, delayPerMillion);
        if (hits(random, abortPerMillion)) {
            return new FaultDecision.Abort(delayed ? delay : Duration.ZERO, abort);
        }
        return delayed ? new FaultDecision.Delay(delay) : FaultDecision.None.NONE;
    }

    private static boolean hits(RandomGenerator random, int perMillion) {
        return perMillion > 0 && random.nextInt(MILLION) < perMillion;
    }

    private static LocalReply abort(int status, boolean grpc, int grpcStatus) {
        String text = "fault filter abort";
        if (!grpc) {
            int valid = status >= 200 && status <= 599 ? status : 500;
            return LocalReply.text(valid, text, "FI", "fault_filter_abort");
        }
        LocalReply reply = LocalReply.text(httpStatus(grpcStatus), text, "FI", "fault_filter_abort");
        return new LocalReply(
                reply.status(),
                List.of(Map.entry("grpc-status", Integer.toString(grpcStatus))),
                reply.body(),
                reply.flag(),
                reply.details());
    }

    /// What a client that does not speak gRPC is told instead.
    private static int httpStatus(int grpcStatus) {
        return switch (grpcStatus) {
            case 0 -> 200;
            case 1 -> 499;
            case 3, 9, 11 -> 400;
            case 4 -> 504;
            case 5 -> 404;
            case 6, 10 -> 409;
            case 7 -> 403;
            case 8 -> 429;
            case 12 -> 501;
            case 14 -> 503;
            case 16 -> 401;
            default -> 500;
        };
    }
}
