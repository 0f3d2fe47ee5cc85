package dev.culvert.waypoint.exchange;

/// Who hears of a backend. All calls come on the loop of the exchange; after `failed` nothing
/// follows.
public interface ServerListener extends PeerListener {

    /// There is a connection, and the head of the request was written to it. Reading of the
    /// response has begun.
    void opened(ServerEnd end);

    /// The head of a response that is not the last one (1xx, except 101).
    void informational(ResponseHead head);

    /// The head of the response.
    ///
    /// @param last whether no body follows
    void head(ResponseHead head, boolean last);

    /// No response can be had, or not all of it.
    void failed(UpstreamFailure failure);
}
