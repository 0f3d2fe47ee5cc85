package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.ClientEnd;
import dev.culvert.waypoint.exchange.ClientListener;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;

/// What the server's end of a connection asks of its owner. All calls come on the loop of the
/// connection.
public interface RequestService {

    /// A request has come; the listener that is returned is told to begin next.
    ///
    /// @param bodyless whether no body follows; `ended` is called nevertheless
    ClientListener begin(ClientEnd client, RequestHead head, boolean bodyless);

    /// Something came that is refused before it is a request.
    void refused(LocalReply reply, String protocol);

    /// Whether the waypoint is at its end, so that a connection should serve no further request.
    boolean isDraining();
}
