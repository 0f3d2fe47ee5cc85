package dev.culvert.mesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.testkit.FakeCa;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CaClientTest {
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "cart");

    private final FakeCa authority = new FakeCa();
    private final ManagedChannel channel = NettyChannelBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), authority.port()))
            .usePlaintext()
            .build();
    private final CaClient client = new CaClient(() -> channel, Duration.ofHours(24), true);

    CaClientTest() throws IOException {}

    @AfterEach
    void close() {
        channel.shutdownNow();
        authority.close();
    }

    @Test
    void asksOnBehalfOfAPodWithAFreshKey() throws Exception {
        WorkloadCertificate first = sign(7);
        WorkloadCertificate second = sign(8);
        assertThat(authority.asked())
                .hasSize(2)
                .first()
                .isEqualTo(new FakeCa.Asked(ID.toString(), ID.toString(), 86_400));
        assertThat(first.identity()).isEqualTo(ID);
        assertThat(first.generation()).isEqualTo(7);
        assertThat(first.roots()).containsExactly(authority.root());
        assertThat(first.key().getFormat()).isEqualTo("PKCS#8");
        assertThat(second.key()).isNotEqualTo(first.key());
    }

    @Test
    void asksForIdentitiesOfAnyLength() throws Exception {
        SpiffeId id = new SpiffeId("cluster.local", "n".repeat(63), "s".repeat(1_900));
        WorkloadCertificate certificate =
                client.sign(id, 1).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(certificate.identity()).isEqualTo(id);
        assertThat(authority.asked()).extracting(FakeCa.Asked::identity).containsExactly(id.toString());
    }

    @Test
    void asksForItselfWithoutImpersonation() throws Exception {
        new CaClient(() -> channel, Duration.ofMinutes(10), false)
                .sign(ID, 1)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(authority.asked()).containsExactly(new FakeCa.Asked(ID.toString(), "", 600));
    }

    @Test
    void refusesACertificateForSomebodyElse() {
        authority.mistakeNextFor("spiffe://cluster.local/ns/shop/sa/admin");
        assertThat(failure()).contains("it is for spiffe://cluster.local/ns/shop/sa/admin");
    }

    @Test
    void refusesACertificateForAnotherKey() {
        String leaf = FakeCa.pem(authority.sign(
                FakeCa.newKey().getPublic(),
                ID.toString(),
                authority.root().getNotBefore().toInstant(),
                authority.root().getNotAfter().toInstant()));
        authority.answerNext(List.of(leaf, FakeCa.pem(authority.root())));
        assertThat(failure()).contains("it is for another key");
    }

    @Test
    void refusesAnswersWithoutRootsOrWithoutCertificates() {
        authority.answerNext(List.of());
        assertThat(failure()).contains("it has 0 part(s); expected a certificate, then its roots");
        authority.answerNext(List.of(FakeCa.pem(authority.root())));
        assertThat(failure()).contains("it has 1 part(s)");
        authority.answerNext(List.of("nonsense", "more"));
        assertThat(failure()).contains("cannot be used");
    }

    @Test
    void tellsWhatTheAuthoritySaysAndWhatToCheck() {
        authority.refuseNext(Status.UNAUTHENTICATED.withDescription("no pod of that identity"));
        assertThat(failure()).contains(ID.toString(), "UNAUTHENTICATED: no pod of that identity", "is our token valid");
        authority.close();
        assertThat(failure()).contains("UNAVAILABLE", "is the control plane in reach");
    }

    private WorkloadCertificate sign(long generation) throws Exception {
        return client.sign(ID, generation).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private String failure() {
        ExecutionException failed = catchThrowableOfType(ExecutionException.class, () -> sign(1));
        assertThat(failed).hasCauseInstanceOf(CertificateRefused.class);
        return String.valueOf(failed.getMessage());
    }
}
