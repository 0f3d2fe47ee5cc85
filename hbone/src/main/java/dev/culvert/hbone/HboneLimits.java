package dev.culvert.hbone;

import java.time.Duration;

/// What a connection grants its peer, and for how long it waits. Immutable.
///
/// The defaults are those of Istio's node proxy where it has them, so that either end may be swapped.
public record HboneLimits(Windows windows, Streams streams, Floods floods, Timers timers) {

    /// The defaults of each part.
    public static final HboneLimits DEFAULT =
            new HboneLimits(Windows.DEFAULT, Streams.DEFAULT, Floods.DEFAULT, Timers.DEFAULT);

    /// Sizes of what may be under way, in bytes.
    ///
    /// @param streamBytes receive window of a stream: SETTINGS_INITIAL_WINDOW_SIZE; 4 MiB
    /// @param connectionBytes receive window of a connection; 16 MiB
    /// @param frameBytes longest payload that we take: SETTINGS_MAX_FRAME_SIZE; 1 MiB
    /// @param sendHighBytes a stream with more queued to send is not writable; 256 KiB
    /// @param sendLowBytes it is writable again when no more than this is queued; 64 KiB
    public record Windows(int streamBytes, int connectionBytes, int frameBytes, int sendHighBytes, int sendLowBytes) {
        public static final Windows DEFAULT = new Windows(4 << 20, 16 << 20, 1 << 20, 256 << 10, 64 << 10);

        public Windows {
            Range.require(streamBytes > 0, "streamBytes", streamBytes);
            Range.require(connectionBytes >= 65_535, "connectionBytes", connectionBytes);
            Range.require(frameBytes >= 16_384 && frameBytes <= 16_777_215, "frameBytes", frameBytes);
            Range.require(sendLowBytes >= 0, "sendLowBytes", sendLowBytes);
            Range.require(sendHighBytes > sendLowBytes, "sendHighBytes", sendHighBytes);
        }
    }

    /// How many streams one connection carries, and how long a request may be.
    ///
    /// @param served open at once that a server allows: SETTINGS_MAX_CONCURRENT_STREAMS; 200
    /// @param used open at once on one connection that a client uses, if the peer allows as many; 100
    /// @param requestHeaderBytes decoded header list that a server takes, as RFC 9113 counts it; 64 KiB
    /// @param replyHeaderBytes decoded header list that a client takes; 16 KiB
    public record Streams(int served, int used, int requestHeaderBytes, int replyHeaderBytes) {
        public static final Streams DEFAULT = new Streams(200, 100, 65_536, 16_384);

        public Streams {
            Range.require(served > 0, "served", served);
            Range.require(used > 0, "used", used);
            Range.require(requestHeaderBytes > 0, "requestHeaderBytes", requestHeaderBytes);
            Range.require(replyHeaderBytes > 0, "replyHeaderBytes", replyHeaderBytes);
        }
    }

    /// How much work without use a peer may ask for. A peer that asks for more loses its connection with
    /// ENHANCE_YOUR_CALM. Counts are per connection and per `period`.
    ///
    /// @param period over which the counts below are taken; 30 s
    /// @param resets streams that the peer opened and reset before our answer; 1,000
    /// @param provokedResets streams that the peer made us reset by its errors; 200
    /// @param settings SETTINGS frames; 100
    /// @param pings PING frames that ask for an answer; 200
    /// @param emptyData DATA frames that carry nothing and end nothing; 1,000
    /// @param windowUpdates WINDOW_UPDATE frames beyond ten for each DATA frame that we sent; 10,000
    /// @param ignored frames that we ignore: PRIORITY and unknown types; 10,000
    /// @param queuedControl answers (acknowledgements, resets) that wait to be written; 1,000, never timed out
    /// @param continuations CONTINUATION frames of one header block, however short; 32
    public record Floods(
            Duration period,
            int resets,
            int provokedResets,
            int settings,
            int pings,
            int emptyData,
            int windowUpdates,
            int ignored,
            int queuedControl,
            int continuations) {
        public static final Floods DEFAULT =
                new Floods(Duration.ofSeconds(30), 1_000, 200, 100, 200, 1_000, 10_000, 10_000, 1_000, 32);

        public Floods {
            Range.require(!period.isNegative() && !period.isZero(), "period (ms)", period.toMillis());
            Range.require(Math.min(resets, provokedResets) > 0, "resets", Math.min(resets, provokedResets));
            Range.require(Math.min(settings, pings) > 0, "settings or pings", Math.min(settings, pings));
            Range.require(emptyData > 0, "emptyData", emptyData);
            Range.require(
                    Math.min(windowUpdates, ignored) > 0, "windowUpdates or ignored", Math.min(windowUpdates, ignored));
            Range.require(Math.min(queuedControl, continuations) > 0, "queuedControl or continuations", queuedControl);
        }
    }

    /// How long we wait.
    ///
    /// @param handshake for TLS; 10 s
    /// @param preface for the peer's first SETTINGS after TLS; 10 s
    /// @param pingAfter from a sign of life to the next PING; 10 s
    /// @param pongWithin from a PING to the loss of the connection, when no answer comes; 20 s
    /// @param idle a pooled connection without streams is kept as long; 5 min
    public record Timers(Duration handshake, Duration preface, Duration pingAfter, Duration pongWithin, Duration idle) {
        public static final Timers DEFAULT = new Timers(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                Duration.ofMinutes(5));
    }

    public HboneLimits withWindows(Windows other) {
        return new HboneLimits(other, streams, floods, timers);
    }

    public HboneLimits withStreams(Streams other) {
        return new HboneLimits(windows, other, floods, timers);
    }

    public HboneLimits withFloods(Floods other) {
        return new HboneLimits(windows, streams, other, timers);
    }

    public HboneLimits withTimers(Timers other) {
        return new HboneLimits(windows, streams, floods, other);
    }

    /// A class of its own, because the parts' own defaults are checked before [HboneLimits#DEFAULT] can be made of
    /// them: a method of the outer class would begin with that.
    private static final class Range {
        static void require(boolean holds, String name, long value) {
            if (!holds) {
                throw new IllegalArgumentException(
                        "tunnel limit " + name + " is " + value + ", which is out of its range");
            }
        }
    }
}
