package dev.culvert.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// Who hears of one end of an exchange. All calls come on the loop of the exchange.
public interface PeerListener {

    /// A piece of the body, which is the listener's to release.
    void data(ByteBuf bytes);

    /// The body has ended.
    ///
    /// @param trailers empty when there were none
    void ended(HttpHeaders trailers);

    /// Nothing more is at hand for now: the moment to flush.
    void readComplete();

    /// [PeerEnd#isWritable()] changed.
    void writabilityChanged();
}
