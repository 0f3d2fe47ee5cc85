package dev.culvert.waypoint.codec;

/// What one peer can make us hold. Immutable.
///
/// @param headerBytes of a head (request or status line and fields), and of trailers
/// @param headerCount fields of a head
/// @param chunkExtensionBytes of one line that begins a chunk
/// @param streams open at once on one connection of HTTP/2
/// @param windowBytes receive window of a stream of HTTP/2
/// @param resets streams that a peer may reset in 30 seconds on one connection of HTTP/2
public record HttpLimits(
        int headerBytes, int headerCount, int chunkExtensionBytes, int streams, int windowBytes, int resets) {
    public static final HttpLimits DEFAULT = new HttpLimits(60 << 10, 100, 512, 100, 256 << 10, 400);

    public HttpLimits {
        if (headerBytes < 1_024 || headerCount < 8 || chunkExtensionBytes < 16) {
            throw new IllegalArgumentException("HTTP limits are " + headerBytes + " header bytes, " + headerCount
                    + " headers, " + chunkExtensionBytes + " chunk extension bytes; expected 1024, 8 and 16 at least");
        }
    }
}
