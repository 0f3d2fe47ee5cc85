package dev.culvert.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import dev.culvert.api.discovery.AggregatedDiscoveryServiceGrpc;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Node;
import dev.culvert.api.discovery.Resource;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A delta discovery client written on the messages alone: sends what it is told to, keeps what comes.
final class RawAdsClient {
    final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    final CompletableFuture<io.grpc.Status> end = new CompletableFuture<>();

    private final StreamObserver<DeltaDiscoveryRequest> requests;
    private final String nodeName;
    private boolean introduced;

    RawAdsClient(Channel channel, String token, String nodeName) {
        this.nodeName = nodeName;
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        this.requests = AggregatedDiscoveryServiceGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .deltaAggregatedResources(new StreamObserver<>() {
                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {
                        responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.complete(io.grpc.Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(io.grpc.Status.OK);
                    }
                });
    }

    static Node node(String nodeName) {
        return Node.newBuilder()
                .setId("ztunnel~10.0.0.1~ztunnel-x.istio-system~istio-system.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields(
                                "NODE_NAME",
                                Value.newBuilder().setStringValue(nodeName).build()))
                .build();
    }

    void send(DeltaDiscoveryRequest.Builder request) {
        if (!introduced) {
            introduced = true;
            request.setNode(node(nodeName));
        }
        requests.onNext(request.build());
    }

    void wildcard(String typeUrl, Map<String, String> versions) {
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).putAllInitialResourceVersions(versions));
    }

    void onDemand(String typeUrl, Map<String, String> versions) {
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(typeUrl)
                .addResourceNamesSubscribe("*")
                .addResourceNamesUnsubscribe("*")
                .putAllInitialResourceVersions(versions));
    }

    void subscribe(String typeUrl, String... names) {
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl).addAllResourceNamesSubscribe(List.of(names)));
    }

    void ack(DeltaDiscoveryResponse response) {
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce()));
    }

    void nack(DeltaDiscoveryResponse response, String reason) {
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setMessage(reason)));
    }

    DeltaDiscoveryResponse next() throws InterruptedException {
        DeltaDiscoveryResponse response = poll(10_000);
        assertThat(response).as("a response within 10 s").isNotNull();
        return java.util.Objects.requireNonNull(response);
    }

    /// The next response, acknowledged.
    DeltaDiscoveryResponse take() throws InterruptedException {
        DeltaDiscoveryResponse response = next();
        ack(response);
        return response;
    }

    @Nullable
    DeltaDiscoveryResponse poll(long millis) throws InterruptedException {
        return responses.poll(millis, TimeUnit.MILLISECONDS);
    }

    void close() {
        requests.onCompleted();
    }

    static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).toList();
    }
}
