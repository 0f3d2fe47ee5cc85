package dev.culvert.testkit;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.authorization.Authorization;
import dev.culvert.api.discovery.AggregatedDiscoveryServiceGrpc;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Resource;
import dev.culvert.api.workload.Address;
import dev.culvert.api.workload.Service;
import dev.culvert.api.workload.Workload;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A delta discovery server that does what a test tells it, on a port of 127.0.0.1, over TLS.
///
/// Thread-safe. A test accepts each [Connection], takes its requests one by one, and answers or drops it.
public final class FakeAds implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Context.Key<Metadata> HEADERS = Context.key("headers");

    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private final AtomicLong nonces = new AtomicLong();
    private final SelfSigned certificate;
    private final Server server;

    private FakeAds(SelfSigned certificate, int port) throws IOException {
        this.certificate = certificate;
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
                .sslContext(GrpcSslContexts.configure(
                                SslContextBuilder.forServer(certificate.key(), certificate.certificate()),
                                SslProvider.JDK)
                        .build())
                .addService(new DiscoveryService())
                .intercept(new HeaderKeeper())
                .build()
                .start();
    }

    /// Starts one on a free port, with a certificate for 127.0.0.1 and localhost.
    public static FakeAds start() throws IOException {
        return start(SelfSigned.server("localhost"), 0);
    }

    /// Starts one with this certificate on this port; 0 is any free one.
    public static FakeAds start(SelfSigned certificate, int port) throws IOException {
        return new FakeAds(certificate, port);
    }

    public int port() {
        return server.getPort();
    }

    public URI address() {
        return URI.create("https://127.0.0.1:" + port());
    }

    /// What its clients must trust.
    public String rootPem() {
        return certificate.pem();
    }

    /// The next stream that a client opens.
    public Connection accept() throws InterruptedException {
        return orFail(connections.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "stream");
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A workload as a resource, by its uid.
    public static Resource resource(Workload workload, String version) {
        Address address = Address.newBuilder().setWorkload(workload).build();
        return resource(workload.getUid(), version, TypeUrls.ADDRESS, address.toByteString());
    }

    /// A service as a resource, by its namespace and hostname.
    public static Resource resource(Service service, String version) {
        Address address = Address.newBuilder().setService(service).build();
        String name = service.getNamespace() + "/" + service.getHostname();
        return resource(name, version, TypeUrls.ADDRESS, address.toByteString());
    }

    /// A policy as a resource, by its namespace and name; policies have no version.
    public static Resource resource(Authorization policy) {
        String name = policy.getNamespace() + "/" + policy.getName();
        return resource(name, "", TypeUrls.AUTHORIZATION, policy.toByteString());
    }

    /// Any bytes as a resource.
    public static Resource resource(String name, String version, String typeUrl, ByteString bytes) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion(version)
                .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(bytes))
                .build();
    }

    private static <T> T orFail(@Nullable T value, String what) {
        if (value == null) {
            throw new AssertionError("no " + what + " came from the client within " + PATIENCE);
        }
        return value;
    }

    /// One stream of one client. Thread-safe.
    public final class Connection implements StreamObserver<DeltaDiscoveryRequest> {
        private final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
        private final StreamObserver<DeltaDiscoveryResponse> client;
        private final Metadata headers;

        private Connection(StreamObserver<DeltaDiscoveryResponse> client, Metadata headers) {
            this.client = client;
            this.headers = headers;
        }

        /// The next request.
        public DeltaDiscoveryRequest request() throws InterruptedException {
            return orFail(requests.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "request");
        }

        /// How the client ended the stream.
        public Status end() throws InterruptedException {
            return orFail(ends.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS), "end of stream");
        }

        /// What the client sent with the call by this name, or null.
        public @Nullable String header(String name) {
            return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }

        /// Sends resources and removals in one response; gives its nonce.
        public String respond(String typeUrl, List<Resource> resources, List<String> removed) {
            String nonce = Long.toString(nonces.incrementAndGet());
            synchronized (client) {
                client.onNext(DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(typeUrl)
                        .setNonce(nonce)
                        .addAllResources(resources)
                        .addAllRemovedResources(removed)
                        .build());
            }
            return nonce;
        }

        /// Ends the stream with this status; OK ends it in good order.
        public void drop(Status status) {
            synchronized (client) {
                if (status.isOk()) {
                    client.onCompleted();
                } else {
                    client.onError(new StatusException(status));
                }
            }
        }

        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            requests.add(request);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ends.add(Status.OK);
        }
    }

    private final class DiscoveryService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
                StreamObserver<DeltaDiscoveryResponse> client) {
            Connection connection = new Connection(client, HEADERS.get());
            connections.add(connection);
            return connection;
        }
    }

    private static final class HeaderKeeper implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
        }
    }
}
