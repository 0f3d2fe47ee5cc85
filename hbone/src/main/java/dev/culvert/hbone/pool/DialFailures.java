package dev.culvert.hbone.pool;

import dev.culvert.hbone.TunnelFailure;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;

/// Why a TCP connect failed, told by the type of the error and never by its words. Pure.
final class DialFailures {

    private DialFailures() {}

    static TunnelFailure of(SocketAddress peer, Throwable cause) {
        return switch (cause) {
            case ConnectTimeoutException _ -> new TunnelFailure.ConnectTimedOut(peer, cause);
            case NoRouteToHostException _ -> new TunnelFailure.ConnectFailed(peer, cause);
            case ConnectException _ -> new TunnelFailure.ConnectRefused(peer, cause);
            default -> new TunnelFailure.ConnectFailed(peer, cause);
        };
    }
}
