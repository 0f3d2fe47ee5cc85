package dev.culvert.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test that does not free the buffers that it took from this guard's allocator: exact, and not by luck
/// of the collector. One per test, as a field with `@RegisterExtension`; its allocator is to be the channels'.
/// Thread-safe.
public final class LeakGuard implements AfterEachCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(5);

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    /// Where the test's channels take their buffers from.
    public UnpooledByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (used() > 0 && System.nanoTime() < until) {
                LockSupport.parkNanos(STEP.toNanos());
            }
            assertEquals(0, used(), "bytes of buffers that were never freed");
        }
    }

    private long used() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }
}
