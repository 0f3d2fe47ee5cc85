package dev.culvert.hbone.h2;

import dev.culvert.hbone.HboneLimits;
import io.netty.util.concurrent.Ticker;

/// Ends connections whose peer asks for work without use: floods of resets, settings, pings, empty or ignored
/// frames. Confined to its connection's loop.
final class FloodGuard {
    /// A peer may acknowledge each DATA frame of ours with as many WINDOW_UPDATE frames.
    private static final int WINDOW_UPDATES_PER_DATA = 10;

    private final HboneLimits.Floods limits;
    private final Ticker ticker;
    private final Budget resets;
    private final Budget provokedResets;
    private final Budget settings;
    private final Budget pings;
    private final Budget emptyData;
    private final Budget windowUpdates;
    private final Budget ignored;
    private int queuedControl;

    FloodGuard(HboneLimits.Floods limits, Ticker ticker) {
        this.limits = limits;
        this.ticker = ticker;
        this.resets = budget(limits.resets());
        this.provokedResets = budget(limits.provokedResets());
        this.settings = budget(limits.settings());
        this.pings = budget(limits.pings());
        this.emptyData = budget(limits.emptyData());
        this.windowUpdates = budget(limits.windowUpdates());
        this.ignored = budget(limits.ignored());
    }

    private Budget budget(int limit) {
        return new Budget(limit, limits.period().toNanos(), ticker.nanoTime());
    }

    /// The peer reset a stream of its own before we had answered.
    void reset() throws Violation {
        spend(resets, "stream resets");
    }

    /// An error of the peer made us reset a stream.
    void provokedReset() throws Violation {
        spend(provokedResets, "stream errors");
    }

    void settings() throws Violation {
        spend(settings, "SETTINGS frames");
    }

    void ping() throws Violation {
        spend(pings, "PING frames");
    }

    /// A DATA frame carried nothing and ended nothing.
    void emptyData() throws Violation {
        spend(emptyData, "empty DATA frames");
    }

    void windowUpdate() throws Violation {
        spend(windowUpdates, "WINDOW_UPDATE frames");
    }

    /// We sent a DATA frame, which the peer may well acknowledge.
    void dataSent() {
        windowUpdates.grant(WINDOW_UPDATES_PER_DATA);
    }

    /// A frame without meaning for us.
    void ignored() throws Violation {
        spend(ignored, "PRIORITY or unknown frames");
    }

    /// An answer was queued behind a channel that does not take more.
    void controlQueued() throws Violation {
        if (++queuedControl > limits.queuedControl()) {
            throw calm(limits.queuedControl() + " answers wait for the peer to read");
        }
    }

    /// The channel takes bytes again.
    void controlDrained() {
        queuedControl = 0;
    }

    private void spend(Budget budget, String what) throws Violation {
        if (!budget.spend(ticker.nanoTime())) {
            throw calm("too many " + what + " within " + limits.period().toSeconds() + " s");
        }
    }

    private static Violation calm(String detail) {
        return new Violation(ErrorCode.ENHANCE_YOUR_CALM, detail);
    }
}
