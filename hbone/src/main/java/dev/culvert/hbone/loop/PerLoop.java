package dev.culvert.hbone.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// One thing for each event loop of a group. Immutable itself; each thing is confined to its loop.
public final class PerLoop<T> {
    private final Map<EventExecutor, T> things;

    private PerLoop(Map<EventExecutor, T> things) {
        this.things = things;
    }

    /// Makes one thing for each loop of `group`, on the calling thread.
    public static <T> PerLoop<T> of(EventLoopGroup group, Function<EventLoop, T> maker) {
        Map<EventExecutor, T> things = new HashMap<>();
        group.forEach(loop -> things.put(loop, maker.apply((EventLoop) loop)));
        return new PerLoop<>(Map.copyOf(things));
    }

    /// The thing of `loop`, which must be of the group.
    public T on(EventLoop loop) {
        T thing = things.get(loop);
        if (thing == null) {
            throw new IllegalArgumentException("event loop " + loop + " is not of the data path's group");
        }
        return thing;
    }

    /// The thing of the loop that is calling.
    public T here() {
        for (Map.Entry<EventExecutor, T> each : things.entrySet()) {
            if (each.getKey().inEventLoop()) {
                return each.getValue();
            }
        }
        throw new IllegalStateException(
                "thread " + Thread.currentThread().getName() + " is no event loop of the data path's group");
    }

    /// Hands each thing to `action`, each on the loop that it is confined to.
    public void post(Consumer<? super T> action) {
        things.forEach((loop, thing) -> loop.execute(() -> action.accept(thing)));
    }

    /// All of them, for what may be done from any thread.
    public Collection<T> all() {
        return things.values();
    }
}
