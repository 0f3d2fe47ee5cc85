package dev.culvert.mesh.xds;

import dev.culvert.api.discovery.AggregatedDiscoveryServiceGrpc;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

/// One attempt at the discovery stream, on a channel of its own.
///
/// Confined to the state thread. One response is taken at a time: the next is asked for when the last is
/// applied, so a server that is fast is held back by HTTP/2 flow control.
final class AdsStream extends ClientCall.Listener<DeltaDiscoveryResponse> {
    private final ManagedChannel channel;
    private final ClientCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call;
    private final Events events;
    private boolean opened;
    private boolean ended;

    /// What the owner of the stream hears.
    interface Events {
        /// The server took the stream.
        void opened();

        /// A response; it is applied when this returns.
        void received(AdsStream stream, DeltaDiscoveryResponse response);

        /// It ended, once; not when it was closed from this side.
        void ended(AdsStream stream, StreamEnd end, Status status);
    }

    AdsStream(ManagedChannel channel, Events events) {
        this.channel = channel;
        this.events = events;
        call = channel.newCall(AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod(), CallOptions.DEFAULT);
    }

    void start() {
        call.start(this, new Metadata());
        call.request(1);
    }

    void send(DeltaDiscoveryRequest request) {
        if (!ended) {
            call.sendMessage(request);
        }
    }

    /// Gives it up; nothing more is heard of it.
    void close() {
        if (!ended) {
            ended = true;
            call.cancel("closed by this side", null);
        }
        channel.shutdownNow();
    }

    @Override
    public void onHeaders(Metadata headers) {
        if (!ended) {
            opened = true;
            events.opened();
        }
    }

    @Override
    public void onMessage(DeltaDiscoveryResponse response) {
        if (!ended) {
            events.received(this, response);
            call.request(1);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        channel.shutdownNow();
        if (!ended) {
            ended = true;
            events.ended(this, StreamEnd.of(opened, status), status);
        }
    }
}
