package dev.culvert.hbone.h2;

import dev.culvert.hbone.HboneLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/// What each end says first: the preface, its settings, and the rest of the connection's window. Pure.
final class Greeting {

    private Greeting() {}

    static void write(FrameWriter writer, HboneLimits limits, boolean server, int headerBytes) {
        Map<Integer, Long> settings = new LinkedHashMap<>();
        if (server) {
            settings.put(
                    PeerSettings.MAX_CONCURRENT_STREAMS, (long) limits.streams().served());
        } else {
            writer.preface();
            settings.put(PeerSettings.ENABLE_PUSH, 0L);
        }
        settings.put(PeerSettings.INITIAL_WINDOW_SIZE, (long) limits.windows().streamBytes());
        settings.put(PeerSettings.MAX_FRAME_SIZE, (long) limits.windows().frameBytes());
        settings.put(PeerSettings.MAX_HEADER_LIST_SIZE, (long) headerBytes);
        writer.settings(settings);
        int more = limits.windows().connectionBytes() - Frames.DEFAULT_WINDOW_BYTES;
        if (more > 0) {
            writer.windowUpdate(0, more);
        }
        writer.flush();
    }
}
