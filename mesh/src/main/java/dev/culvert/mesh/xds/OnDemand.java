package dev.culvert.mesh.xds;

import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.WorkloadUid;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.mesh.state.MeshState;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks the control plane for one address that the world does not show, and goes on when it has answered.
///
/// The `fetch` methods may be called from any loop and answer there, with the world as it then is, whether the
/// address is in it or not; the list of those who wait is confined to the state thread. All who wait for one
/// name share one question. An answer counts by the resource's name and by its aliases, since what is asked
/// for by address comes back under the workload's uid.
public final class OnDemand {
    /// More names than this are not waited for at once; a question beyond is answered with the world as it is.
    static final int MAX_NAMES = 1000;

    private final MeshState state;
    private final @Nullable Consumer<String> ask;
    private final Consumer<String> abandon;
    private final Map<String, List<Waiter>> waiters = new HashMap<>();

    private OnDemand(MeshState state, @Nullable Consumer<String> ask, Consumer<String> abandon) {
        this.state = state;
        this.ask = ask;
        this.abandon = abandon;
    }

    /// How a question ends.
    @FunctionalInterface
    public interface Outcome {
        /// Goes on with `world` as it is now.
        ///
        /// @param answered whether the control plane has said what it knows; else the time was
        ///     over, or too many names were waited for
        void settled(MeshSnapshot world, boolean answered);
    }

    /// There is nobody to ask, as the world is all there: every question is answered at once.
    public static OnDemand off(MeshState state) {
        return new OnDemand(state, null, name -> {});
    }

    /// Questions go to `ask`, and what nobody waits for any more to `abandon`, both by name and on the state
    /// thread; answers come by [#answered].
    public static OnDemand asking(MeshState state, Consumer<String> ask, Consumer<String> abandon) {
        return new OnDemand(state, ask, abandon);
    }

    /// Whether there is anybody to ask.
    public boolean isOn() {
        return ask != null;
    }

    /// Asks for a workload or service by its address. `then` runs on `loop`, after `patience` at most.
    public void fetch(NetworkAddress address, EventExecutor loop, Duration patience, Outcome then) {
        fetch(address.toString(), loop, patience, then);
    }

    /// Asks for a workload by its uid. `then` runs on `loop`, after `patience` at most.
    public void fetch(WorkloadUid uid, EventExecutor loop, Duration patience, Outcome then) {
        fetch(uid.value(), loop, patience, then);
    }

    /// Asks for a service by its key. `then` runs on `loop`, after `patience` at most.
    public void fetch(NamespacedHostname key, EventExecutor loop, Duration patience, Outcome then) {
        fetch(key.toString(), loop, patience, then);
    }

    private void fetch(String name, EventExecutor loop, Duration patience, Outcome then) {
        if (ask == null) {
            loop.execute(() -> then.settled(state.world(), true));
            return;
        }
        state.thread()
                .execute(() -> enlist(
                        ask, name, patience, (world, answered) -> loop.execute(() -> then.settled(world, answered))));
    }

    private void enlist(Consumer<String> asker, String name, Duration patience, Outcome then) {
        List<Waiter> waiting = waiters.get(name);
        if (waiting == null) {
            if (waiters.size() >= MAX_NAMES) {
                then.settled(state.world(), false);
                return;
            }
            waiting = new ArrayList<>(1);
            waiters.put(name, waiting);
            asker.accept(name);
        }
        Waiter waiter = new Waiter(then);
        waiter.deadline = state.thread().schedule(patience, () -> expire(name, waiter));
        waiting.add(waiter);
    }

    private void expire(String name, Waiter waiter) {
        List<Waiter> waiting = waiters.get(name);
        if (waiting != null && waiting.remove(waiter)) {
            if (waiting.isEmpty()) {
                waiters.remove(name);
                abandon.accept(name);
            }
            waiter.then.settled(state.world(), false);
        }
    }

    /// Goes on with all who wait for one of `names`; on the state thread, after what they are of is published.
    public void answered(Collection<String> names) {
        if (!waiters.isEmpty()) {
            names.forEach(this::release);
        }
    }

    private void release(String name) {
        List<Waiter> waiting = waiters.remove(name);
        if (waiting != null) {
            for (Waiter waiter : waiting) {
                if (waiter.deadline != null) {
                    waiter.deadline.cancel(false);
                }
                waiter.then.settled(state.world(), true);
            }
        }
    }

    /// One who waits; confined to the state thread.
    private static final class Waiter {
        private final Outcome then;
        private @Nullable Future<?> deadline;

        Waiter(Outcome then) {
            this.then = then;
        }
    }
}
