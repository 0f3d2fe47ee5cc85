package dev.culvert.waypoint.codec;

import java.time.Duration;

/// What one peer can make us hold and do. Immutable.
///
/// @param headerBytes of a head (request or status line and fields), and of trailers; 60 KiB
/// @param headerCount fields of a head; 100
/// @param chunkExtensionBytes of one line that begins a chunk; 512
/// @param streams open at once on one connection of HTTP/2; 100
/// @param windowBytes receive window of a stream of HTTP/2; 256 KiB
/// @param floods work without use on one connection of HTTP/2
public record HttpLimits(
        int headerBytes, int headerCount, int chunkExtensionBytes, int streams, int windowBytes, Floods floods) {
    public static final HttpLimits DEFAULT = new HttpLimits(60 << 10, 100, 512, 100, 256 << 10, Floods.DEFAULT);

    /// How much work without use a client may ask for on one connection of HTTP/2. One that asks
    /// for more loses the connection with ENHANCE_YOUR_CALM. Immutable.
    ///
    /// @param period over which the counts are taken; 30 s
    /// @param resets streams that the client resets, or makes us reset by its errors; 400
    /// @param settings SETTINGS frames; 100
    /// @param pings PING frames between two responses of ours; 2,000
    /// @param ignored PRIORITY frames and those of unknown types; 1,000
    public record Floods(Duration period, int resets, int settings, int pings, int ignored) {
        public static final Floods DEFAULT = new Floods(Duration.ofSeconds(30), 400, 100, 2_000, 1_000);

        public Floods {
            if (period.toSeconds() < 1 || Math.min(Math.min(resets, settings), Math.min(pings, ignored)) < 1) {
                throw new IllegalArgumentException(
                        "flood limits are " + period + ", " + resets + " resets, " + settings + " SETTINGS, " + pings
                                + " PINGs, " + ignored + " ignored; expected 1 s and 1 of each at least");
            }
        }
    }

    public HttpLimits {
        if (headerBytes < 1_024 || headerCount < 8 || chunkExtensionBytes < 16) {
            throw new IllegalArgumentException("HTTP limits are " + headerBytes + " header bytes, " + headerCount
                    + " headers, " + chunkExtensionBytes + " chunk extension bytes; expected 1024, 8 and 16 at least");
        }
    }
}
