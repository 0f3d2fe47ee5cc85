package dev.culvert.hbone.h2;

/// Who keeps a client's connection. Called on the connection's loop.
@FunctionalInterface
public interface ConnectionListener {

    /// The number of open streams has changed, or how many there may be, or the connection has come to its end.
    void changed(ClientConnection connection);
}
