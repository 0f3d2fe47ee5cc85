package dev.culvert.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.ca.IstioCertificateRequest;
import dev.culvert.api.ca.IstioCertificateResponse;
import dev.culvert.api.ca.IstioCertificateServiceGrpc;
import dev.culvert.api.discovery.AggregatedDiscoveryServiceGrpc;
import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import dev.culvert.api.discovery.Node;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.Metrics;
import dev.culvert.process.Settings;
import dev.culvert.process.state.IssuedToken;
import dev.culvert.process.state.StateDirectory;
import dev.culvert.process.state.TokenRecord;
import dev.culvert.process.state.TokenStore;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole process on loopback: manifests in, discovery and certificates out over TLS.
final class ControlPlaneAppTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %1$s, namespace: a, uid: uid-%1$s}
            spec: {nodeName: %2$s, serviceAccountName: %1$s, containers: [{name: c, image: x}]}
            status:
              phase: Running
              podIP: %3$s
              podIPs: [{ip: %3$s}]
              conditions: [{type: Ready, status: "True"}]
            """;

    @TempDir
    Path temp;

    private Path manifests;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private ControlPlaneApp app;
    private HttpEndpoint http;
    private Metrics metrics;

    @BeforeEach
    void start() throws Exception {
        manifests = Files.createDirectories(temp.resolve("manifests"));
        Files.writeString(manifests.resolve("web.yaml"), POD.formatted("web", "n1", "10.0.0.7"));
        Files.writeString(manifests.resolve("db.yaml"), POD.formatted("db", "n2", "10.0.0.8"));
        launch();
    }

    private void launch() throws Exception {
        Settings settings = Settings.of(Map.of(
                "CULVERT_MANIFESTS", manifests.toString(),
                "CULVERT_STATE_DIR", temp.resolve("state").toString(),
                "ROOT_CA_DIR", temp.resolve("none").toString(),
                "CULVERT_SERVER_NAMES", "cp.example, 10.9.8.7",
                "CULVERT_XDS_TLS_PORT", "0",
                "CULVERT_METRICS_PORT", "0",
                "CULVERT_DEBUG_PORT", "0",
                "CULVERT_MAX_UNPROVEN_CONNECTIONS", "5",
                "CULVERT_DRAIN_TIME", "1s"));
        ControlPlaneSettings parsed = ControlPlaneSettings.from(settings);
        settings.check();
        http = new HttpEndpoint();
        metrics = new Metrics();
        app = ControlPlaneApp.start(parsed, metrics, http);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        app.close();
        http.close();
    }

    private IssuedToken token(TokenRecord.Kind kind, String subject) throws Exception {
        IssuedToken issued = store().create(kind, subject);
        // The command line returns before the control plane has noticed, so a first call may come too early.
        Awaitility.await().ignoreExceptions().until(() -> {
            try {
                certificate(issued.text(), "spiffe://cluster.local/ns/none/sa/none", pem(key()));
            } catch (StatusRuntimeException e) {
                return !"authentication failed".equals(e.getStatus().getDescription());
            }
            return true;
        });
        return issued;
    }

    private TokenStore store() throws Exception {
        return TokenStore.open(StateDirectory.open(temp.resolve("state")), Clock.systemUTC());
    }

    private ManagedChannel channel(String name) throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", app.tlsPort())
                .overrideAuthority(name)
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(temp.resolve("state/root-cert.pem").toFile())
                        .build())
                .build();
        opened.add(() -> channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS));
        return channel;
    }

    private static ClientInterceptor bearer(String token) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static KeyPair key() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static String pem(KeyPair key) throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=ignored"), key.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        }
        return text.toString();
    }

    private IstioCertificateResponse certificate(String token, String identity, String csr) throws Exception {
        IstioCertificateRequest.Builder request =
                IstioCertificateRequest.newBuilder().setCsr(csr).setValidityDuration(3600);
        if (!identity.isEmpty()) {
            request.setMetadata(Struct.newBuilder()
                    .putFields(
                            "ImpersonatedIdentity",
                            Value.newBuilder().setStringValue(identity).build()));
        }
        return IstioCertificateServiceGrpc.newBlockingStub(channel("istiod.istio-system.svc"))
                .withInterceptors(bearer(token))
                .withDeadlineAfter(Duration.ofSeconds(10))
                .createCertificate(request.build());
    }

    private static X509Certificate leaf(IstioCertificateResponse response) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(response.getCertChain(0).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void certifiesAPodOfTheCallersNodeAndNoOther() throws Exception {
        String token = token(TokenRecord.Kind.NODE, "n1").text();
        KeyPair key = key();
        X509Certificate leaf = leaf(certificate(token, "spiffe://cluster.local/ns/a/sa/web", pem(key)));
        assertThat(leaf.getSubjectAlternativeNames())
                .singleElement()
                .isEqualTo(List.of(6, "spiffe://cluster.local/ns/a/sa/web"));
        assertThat(leaf.getPublicKey()).isEqualTo(key.getPublic());
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        for (String other : List.of("spiffe://cluster.local/ns/a/sa/db", "spiffe://cluster.local/ns/x/sa/web", "")) {
            assertThatThrownBy(() -> certificate(token, other, pem(key)))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(e.getStatus().getDescription()).isEqualTo("request authenticate failure");
                    });
        }
    }

    @Test
    void certifiesTheOneIdentityOfAnIdentityToken() throws Exception {
        String own = "spiffe://cluster.local/ns/gw/sa/edge";
        String token = token(TokenRecord.Kind.IDENTITY, own).text();
        assertThat(leaf(certificate(token, "", pem(key()))).getSubjectAlternativeNames())
                .singleElement()
                .isEqualTo(List.of(6, own));
        assertThatThrownBy(() -> certificate(token, "spiffe://cluster.local/ns/a/sa/web", pem(key())))
                .hasMessageContaining("UNAUTHENTICATED");
    }

    @Test
    void signsNothingForAKeyThatTheCallerDoesNotHold() throws Exception {
        String token = token(TokenRecord.Kind.NODE, "n1").text();
        KeyPair mixed = new KeyPair(key().getPublic(), key().getPrivate());
        for (String csr : List.of(pem(mixed), "", "nonsense", "x".repeat(20_000))) {
            assertThatThrownBy(() -> certificate(token, "spiffe://cluster.local/ns/a/sa/web", csr))
                    .hasMessageContaining("INVALID_ARGUMENT");
        }
    }

    @Test
    void answersOnItsNamesAndAddressesOnly() throws Exception {
        for (String name : List.of(
                "istiod.istio-system.svc",
                "istiod.istio-system.svc.cluster.local",
                "culvert-control-plane.istio-system.svc",
                "cp.example",
                "10.9.8.7",
                "127.0.0.1")) {
            assertThat(failure(name).getCode()).as(name).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
        assertThat(failure("elsewhere.example").getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    /// How a call without a token ends, after a handshake for `name`.
    private Status failure(String name) throws Exception {
        try {
            IstioCertificateResponse answer = IstioCertificateServiceGrpc.newBlockingStub(channel(name))
                    .withDeadlineAfter(Duration.ofSeconds(10))
                    .createCertificate(IstioCertificateRequest.getDefaultInstance());
            throw new AssertionError("answered " + answer);
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    @Test
    void tellsANodeOfPodsAsManifestsChangeAndEndsWithItsToken() throws Exception {
        IssuedToken token = token(TokenRecord.Kind.NODE, "n1");
        BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
        CompletableFuture<Status> end = new CompletableFuture<>();
        StreamObserver<DeltaDiscoveryRequest> requests = AggregatedDiscoveryServiceGrpc.newStub(
                        channel("istiod.istio-system.svc"))
                .withInterceptors(bearer(token.text()))
                .deltaAggregatedResources(new StreamObserver<>() {
                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {
                        responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.complete(Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(Status.OK);
                    }
                });
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .setNode(Node.newBuilder().setId("ztunnel~10.0.0.1~z.istio-system~istio-system.svc.cluster.local"))
                .build());
        DeltaDiscoveryResponse first = Objects.requireNonNull(responses.poll(10, TimeUnit.SECONDS));
        assertThat(first.getResourcesList().stream().map(r -> r.getName()))
                .containsExactlyInAnyOrder("Kubernetes//Pod/a/web", "Kubernetes//Pod/a/db");
        requests.onNext(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(TypeUrls.ADDRESS)
                .setResponseNonce(first.getNonce())
                .build());
        Files.delete(manifests.resolve("db.yaml"));
        DeltaDiscoveryResponse second = Objects.requireNonNull(responses.poll(10, TimeUnit.SECONDS));
        assertThat(second.getRemovedResourcesList()).containsExactly("Kubernetes//Pod/a/db");

        store().revoke(token.record().id());
        assertThat(end.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void servesGoodCallersWhileSilentOnesTakeEveryPlace() throws Exception {
        String token = token(TokenRecord.Kind.NODE, "n1").text();
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), app.tlsPort());
            opened.add(socket);
            silent.add(socket);
        }
        assertThat(certificate(token, "spiffe://cluster.local/ns/a/sa/web", pem(key()))
                        .getCertChainCount())
                .isEqualTo(2);
        silent.getFirst().setSoTimeout(5_000);
        assertThat(silent.getFirst().getInputStream().read()).isEqualTo(-1);
        assertThat(metrics.text()).contains("culvert_control_connections_closed_total{reason=\"too_many_unproven\"}");
    }

    @Test
    void keepsRootAndTokensOverARestart() throws Exception {
        String token = token(TokenRecord.Kind.NODE, "n1").text();
        String root = Files.readString(temp.resolve("state/root-cert.pem"));
        app.close();
        http.close();
        launch();
        assertThat(Files.readString(temp.resolve("state/root-cert.pem"))).isEqualTo(root);
        assertThat(certificate(token, "spiffe://cluster.local/ns/a/sa/web", pem(key()))
                        .getCertChain(1))
                .isEqualTo(root);
    }

    @Test
    void waitsForTheFirstStateUntilItIsThereFailsOrTheWaitIsInterrupted() throws Exception {
        Duration brief = Duration.ofMillis(20);
        CompletableFuture<Void> late = new CompletableFuture<>();
        late.completeOnTimeout(null, 100, TimeUnit.MILLISECONDS);
        ControlPlaneApp.awaitFirstState(late, brief);
        assertThat(late).isDone();
        CompletableFuture<Void> failed = CompletableFuture.failedFuture(new IllegalStateException("a bug"));
        assertThatThrownBy(() -> ControlPlaneApp.awaitFirstState(failed, brief)).hasRootCauseMessage("a bug");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ControlPlaneApp.awaitFirstState(new CompletableFuture<>(), brief))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void namesEveryWrongSettingAtOnce() {
        Settings settings = Settings.of(Map.of(
                "CULVERT_XDS_TLS_PORT", "many",
                "DEFAULT_WORKLOAD_CERT_TTL", "forever",
                "CULVERT_MAX_UNPROVEN_CONNECTIONS", "0",
                "CULVERT_SERVER_NAMES", "not a name"));
        var _ = ControlPlaneSettings.from(settings);
        assertThatThrownBy(settings::check)
                .hasMessageContaining("CULVERT_MANIFESTS")
                .hasMessageContaining("CULVERT_XDS_TLS_PORT")
                .hasMessageContaining("DEFAULT_WORKLOAD_CERT_TTL")
                .hasMessageContaining("CULVERT_MAX_UNPROVEN_CONNECTIONS")
                .hasMessageContaining("CULVERT_SERVER_NAMES");
    }
}
