package dev.culvert.hbone.pool;

import dev.culvert.hbone.TunnelFailure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.unix.Errors;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;

/// Why a TCP connect failed, told by the kernel's error and never by its words. Pure.
final class DialFailures {
    private static final int TIMED_OUT = 110;
    private static final int HOST_UNREACHABLE = 113;

    private DialFailures() {}

    static TunnelFailure of(SocketAddress peer, Throwable cause) {
        Throwable root = cause.getCause() instanceof Errors.NativeConnectException told ? told : cause;
        return switch (root) {
            case ConnectTimeoutException _ -> new TunnelFailure.ConnectTimedOut(peer, cause);
            case Errors.NativeConnectException told -> of(peer, cause, Math.abs(told.expectedErr()));
            case NoRouteToHostException _ -> new TunnelFailure.ConnectFailed(peer, cause);
            case ConnectException _ -> new TunnelFailure.ConnectRefused(peer, cause);
            default -> new TunnelFailure.ConnectFailed(peer, cause);
        };
    }

    private static TunnelFailure of(SocketAddress peer, Throwable cause, int errno) {
        return switch (errno) {
            case TIMED_OUT -> new TunnelFailure.ConnectTimedOut(peer, cause);
            case HOST_UNREACHABLE -> new TunnelFailure.ConnectFailed(peer, cause);
            default -> new TunnelFailure.ConnectRefused(peer, cause);
        };
    }
}
