package dev.culvert.hbone.h2;

/// What the peer may still send, of one stream or of all together. Credit is given back in steps of half a
/// window, and only for what has left us. Confined to its connection's loop.
final class ReceiveWindow {
    private final int limit;
    private int available;
    private int left;

    /// @param limit what the peer may have under way
    ReceiveWindow(int limit) {
        this.limit = limit;
        this.available = limit;
    }

    /// Whether `bytes` were within what we granted.
    boolean take(int bytes) {
        available -= bytes;
        return available >= 0;
    }

    /// Notes that `bytes` have left us.
    ///
    /// @return what to grant the peer now, or 0
    int giveBack(int bytes) {
        left += bytes;
        if (left < limit / 2) {
            return 0;
        }
        int grant = left;
        left = 0;
        available += grant;
        return grant;
    }
}
