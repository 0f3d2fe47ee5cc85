package dev.culvert.waypoint.ratelimit;

import dev.culvert.api.waypoint.RateLimit;
import dev.culvert.waypoint.exchange.InternalCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The limits of a service. Thread-safe: limits are immutable, what they count is free of locks,
/// and every event loop may ask.
///
/// Every limit that concerns a request must let it through; local ones are asked first, and when
/// one of them refuses, the others get their tokens back.
public final class RateLimiter {
    /// No limits.
    public static final RateLimiter NONE = new RateLimiter(List.of(), List.of(), () -> 0);

    private final List<Scoped<LocalRate>> locals;
    private final List<Scoped<GlobalRate>> globals;
    private final LongSupplier clock;

    private RateLimiter(List<Scoped<LocalRate>> locals, List<Scoped<GlobalRate>> globals, LongSupplier clock) {
        this.locals = locals;
        this.globals = globals;
        this.clock = clock;
    }

    /// Compiles what the control plane sent.
    ///
    /// @param clock nanoseconds of a clock that never goes back, such as `System::nanoTime`
    /// @param before the limits that these replace: a limit that stays as it was goes on counting
    ///     where it is
    public static RateLimiter compile(List<RateLimit> limits, LongSupplier clock, RateLimiter before) {
        if (limits.isEmpty()) {
            return NONE;
        }
        Map<String, LocalRate> kept = new HashMap<>();
        before.locals.forEach(scoped -> kept.put(scoped.name(), scoped.rate()));
        List<Scoped<LocalRate>> locals = new ArrayList<>();
        List<Scoped<GlobalRate>> globals = new ArrayList<>();
        for (RateLimit limit : limits) {
            String name = limit.getNamespace() + "/" + limit.getName();
            for (int i = 0; i < limit.getLocalCount(); i++) {
                String full = name + "/" + i;
                LocalRate rate = new LocalRate(limit.getLocal(i));
                LocalRate old = kept.get(full);
                locals.add(new Scoped<>(full, limit.getRoute(), old != null && old.isSameAs(rate) ? old : rate));
            }
            if (limit.hasGlobal()) {
                globals.add(new Scoped<>(name, limit.getRoute(), new GlobalRate(limit.getGlobal())));
            }
        }
        return new RateLimiter(List.copyOf(locals), List.copyOf(globals), clock);
    }

    /// Counts a request. Without a limit at a service the stage is complete when it is returned.
    public CompletionStage<RateVerdict> judge(RateRequest request, InternalCalls calls) {
        RateVerdict verdict = locals.isEmpty() ? RateVerdict.UNLIMITED : judgeHere(request);
        if (verdict instanceof RateVerdict.Refuse) {
            return CompletableFuture.completedFuture(verdict);
        }
        CompletionStage<RateVerdict> stage = CompletableFuture.completedFuture(verdict);
        for (Scoped<GlobalRate> scoped : globals) {
            if (scoped.covers(request)) {
                stage = stage.thenCompose(sofar -> switch (sofar) {
                    case RateVerdict.Refuse refused -> CompletableFuture.completedFuture(refused);
                    case RateVerdict.Admit admit ->
                        scoped.rate().judge(request, calls).thenApply(next -> both(admit, next));
                });
            }
        }
        return stage;
    }

    private static RateVerdict both(RateVerdict.Admit first, RateVerdict second) {
        return second instanceof RateVerdict.Admit admit ? first.and(admit) : second;
    }

    private RateVerdict judgeHere(RateRequest request) {
        long now = clock.getAsLong();
        List<LocalRate> taken = new ArrayList<>(locals.size());
        for (Scoped<LocalRate> scoped : locals) {
            if (!scoped.covers(request) || !scoped.rate().concerns(request)) {
                continue;
            }
            long wait = scoped.rate().take(request, now);
            if (wait > 0) {
                taken.forEach(rate -> rate.giveBack(request, now));
                return new RateVerdict.Refuse(scoped.rate().refuse(request, now, wait));
            }
            taken.add(scoped.rate());
        }
        LocalRate tightest = least(taken, rate -> rate.remaining(request, now));
        return tightest == null
                ? RateVerdict.UNLIMITED
                : new RateVerdict.Admit(List.of(), tightest.fields(request, now));
    }

    private static <T> @Nullable T least(List<T> all, ToLongFunction<T> measure) {
        T least = null;
        for (T each : all) {
            least = least == null || measure.applyAsLong(each) < measure.applyAsLong(least) ? each : least;
        }
        return least;
    }

    /// A limit and what it covers.
    ///
    /// @param route that requests must have taken; empty for all of the service
    private record Scoped<R>(String name, String route, R rate) {
        /// A rule is named after its route and then by its own name.
        boolean covers(RateRequest request) {
            return route.isEmpty()
                    || request.rule().equals(route)
                    || request.rule().startsWith(route + " ");
        }
    }
}
