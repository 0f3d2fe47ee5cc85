package dev.culvert.waypoint.exchange;

/// The end of an exchange where the request came from. Confined to the loop of the exchange.
public interface ClientEnd extends PeerEnd {

    /// Sends the head of a response that is not the last one (1xx, except 101).
    void informational(ResponseHead head);

    /// Sends the head of the response, 101 among them.
    ///
    /// @param last whether no body follows; [#end] is not called then
    void head(ResponseHead head, boolean last);

    /// What the client speaks: `HTTP/1.0`, `HTTP/1.1` or `HTTP/2`.
    String protocol();
}
