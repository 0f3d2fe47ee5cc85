package dev.culvert.linux;

import java.util.List;

/// What one attempt to receive from a [SeqPacketSocket] gave.
public sealed interface Received {
    /// A whole message. The receiver owns the descriptors.
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Packet(byte[] bytes, List<Fd> descriptors) implements Received {
        public Packet {
            descriptors = List.copyOf(descriptors);
        }

        /// Closes whatever descriptors came along.
        public void closeDescriptors() {
            descriptors.forEach(Fd::close);
        }
    }

    /// The message or its descriptors did not fit. Those descriptors that did arrive are closed
    /// already.
    record Truncated() implements Received {}

    /// The other side has closed, or reset.
    record Ended() implements Received {}

    /// Nothing came within the time.
    record Silence() implements Received {}
}
