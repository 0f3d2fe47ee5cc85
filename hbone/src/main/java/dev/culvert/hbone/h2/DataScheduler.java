package dev.culvert.hbone.h2;

import java.util.ArrayDeque;

/// Which stream sends next: each in its turn, a bounded piece at a time, while the channel and the connection's
/// window allow. Confined to its connection's loop.
final class DataScheduler {
    /// What one stream may send before the next has its turn.
    private static final int QUANTUM_BYTES = 65_536;

    private final TunnelConnection connection;
    private final ArrayDeque<Http2Stream> ready = new ArrayDeque<>();
    private final ArrayDeque<Http2Stream> starved = new ArrayDeque<>();
    private int window = Frames.DEFAULT_WINDOW_BYTES;

    DataScheduler(TunnelConnection connection) {
        this.connection = connection;
    }

    /// The peer lets us send as many bytes more; whether that stays within what the protocol allows.
    boolean addWindow(int bytes) {
        if ((long) window + bytes > Frames.MAX_WINDOW_BYTES) {
            return false;
        }
        window += bytes;
        ready.addAll(starved);
        starved.clear();
        return true;
    }

    /// A stream may have something to send.
    void ready(Http2Stream stream) {
        if (!stream.scheduled() && stream.canSend()) {
            stream.scheduled(true);
            ready.add(stream);
        }
    }

    /// Writes as much as may be written now.
    void run(FrameWriter writer) {
        while (!ready.isEmpty() && connection.isChannelWritable()) {
            Http2Stream stream = ready.remove();
            if (stream.canSend() && stream.hasBytes() && window <= 0) {
                starved.add(stream);
            } else {
                stream.scheduled(false);
                send(stream, writer);
            }
        }
    }

    private void send(Http2Stream stream, FrameWriter writer) {
        if (!stream.canSend()) {
            return;
        }
        int limit = Math.min(QUANTUM_BYTES, connection.peerSettings().frameBytes());
        window -= stream.writeFrame(writer, Math.min(limit, Math.max(window, 0)));
        connection.flood().dataSent();
        ready(stream);
        stream.drained();
    }

    void clear() {
        ready.clear();
        starved.clear();
    }
}
