package dev.culvert.hbone;

import dev.culvert.hbone.header.Baggage;

/// A CONNECT that waits for its answer, which may be given at once or later. Confined to the connection's loop.
public interface TunnelOffer {

    /// What the client asks for.
    ConnectRequest request();

    /// Who asks.
    TunnelPeer peer();

    /// Answers 200 and gives the stream. When the client has gone meanwhile, the receiver of the stream is told.
    ///
    /// @param responseBaggage what to say of the destination workload; nothing is sent when it is empty
    TunnelStream accept(Baggage responseBaggage);

    /// Answers with another status and ends the exchange.
    default void refuse(int status) {
        refuse(status, "");
    }

    /// Answers so, and tells the client why.
    ///
    /// @param reason for the client's log, in printable ASCII; nothing is sent when it is empty
    void refuse(int status, String reason);

    /// Asks to be told when the client gives up before it has its answer; no answer is needed then.
    void whenAbandoned(Runnable action);
}
