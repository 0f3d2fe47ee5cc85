package dev.culvert.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/// Calls that the waypoint makes for itself, to services of the mesh or outside of it, by the same clusters and
/// tunnels as its clients' requests: external authorization, rate limits, exporters.
///
/// To be called on an event loop of the waypoint; the stage completes on the same loop.
public interface InternalCalls {

    /// Sends a request with a whole body and gathers the whole response.
    ///
    /// @return fails with an exception whose message says what happened: no cluster, no endpoint, connect,
    ///     timeout, reset, or a response larger than `maxResponseBytes`
    CompletionStage<Reply> call(Request request);

    /// Where a call goes. Immutable.
    ///
    /// @param cluster name of a cluster, `namespace/hostname`
    /// @param port of its service
    /// @param http2 without negotiation (needed for gRPC); else HTTP/1.1
    record Target(String cluster, int port, boolean http2) {}

    /// What is called. Confined to the loop of the call.
    ///
    /// @param body the call's to release, also when it fails
    /// @param timeout for all of it
    record Request(Target to, RequestHead head, ByteBuf body, Duration timeout, int maxResponseBytes) {}

    /// A whole response. Immutable.
    ///
    /// @param trailers empty when there were none; the status of gRPC is here, or in `head` when it came without a
    ///     body
    record Reply(ResponseHead head, Bytes body, HttpHeaders trailers) {}
}
