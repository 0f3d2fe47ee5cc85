package dev.culvert.process;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// SIGTERM and SIGINT as a request to stop. Thread-safe: the JVM runs handlers on threads of its own.
///
/// The first of either asks the process to stop; a second SIGINT ends it at once with the status a shell
/// expects (130). `sun.misc.Signal` (module jdk.unsupported) is the only way to take a signal without
/// starting the JVM's own shutdown, which would run against ours; it is reached reflectively because the
/// compiler cannot be told not to warn of it.
public final class Signals {
    private static final int INTERRUPTED = 130;

    private final Consumer<String> stop;
    private final Runnable exit;
    private final AtomicInteger requests = new AtomicInteger();

    Signals(Consumer<String> stop, Runnable exit) {
        this.stop = stop;
        this.exit = exit;
    }

    /// From now on `stop` is called, once and on a thread of its own, with the name of the first signal
    /// that arrives.
    public static void onStop(Consumer<String> stop) {
        Signals signals = new Signals(stop, () -> Runtime.getRuntime().halt(INTERRUPTED));
        handle("TERM", () -> signals.arrived("SIGTERM"));
        handle("INT", () -> signals.arrived("SIGINT"));
    }

    void arrived(String signal) {
        if (requests.getAndIncrement() == 0) {
            Thread.ofPlatform().name("stop").start(() -> stop.accept(signal));
        } else if (signal.equals("SIGINT")) {
            exit.run();
        }
    }

    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.lookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object proxy =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot take SIG" + name + "; is the module jdk.unsupported there?", e);
        }
    }
}
