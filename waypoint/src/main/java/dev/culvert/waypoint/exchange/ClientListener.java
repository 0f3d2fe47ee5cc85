package dev.culvert.waypoint.exchange;

/// Who hears of the client of an exchange. All calls come on the loop of the exchange.
public interface ClientListener extends PeerListener {

    /// The client's end knows whom to tell; called first, and once.
    void begin();

    /// The client has gone, or has reset the exchange; nothing follows.
    void abandoned();

    /// The client sends what is no HTTP after all, or not as it announced; nothing follows.
    ///
    /// @param reply to be given when the response has not begun
    void malformed(LocalReply reply);
}
