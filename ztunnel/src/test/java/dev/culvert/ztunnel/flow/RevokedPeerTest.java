package dev.culvert.ztunnel.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.SpiffeId;
import dev.culvert.testkit.LeakGuard;
import dev.culvert.testkit.TestCa;
import dev.culvert.ztunnel.flow.DataPathLab.Pod;
import dev.culvert.ztunnel.revocation.RevocationFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A file of revoked certificates, and what becomes of the connections of those who show them.
@Timeout(60)
final class RevokedPeerTest {
    private static final String CLIENT = DataPathLab.host(41);
    private static final String SERVER = DataPathLab.host(42);

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    @TempDir
    Path dir;

    private final DataPathLab lab = new DataPathLab(leaks.allocator());
    private final TestCa.Issued clientCertificate = lab.ca.issue(new SpiffeId("cluster.local", "default", "client"));
    private final Pod client = lab.pod("client", CLIENT, clientCertificate);
    private final Pod server = lab.pod("server", SERVER);

    @BeforeEach
    void start() {
        lab.tell(
                List.of(
                        DataPathLab.workload("client", CLIENT).build(),
                        DataPathLab.workload("server", SERVER).build()),
                List.of());
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private Path list(String text) throws IOException {
        Path next = Files.writeString(dir.resolve("next.pem"), text);
        return Files.move(next, dir.resolve("crl.pem"), StandardCopyOption.REPLACE_EXISTING);
    }

    private String revokingTheClient() {
        return lab.ca.revoked(Duration.ofDays(1), clientCertificate.chain().getFirst());
    }

    private boolean answers(TestApplication app) {
        try (Socket socket = client.dial(SERVER, app.port())) {
            socket.getOutputStream().write('x');
            return socket.getInputStream().read() == 'x';
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void theFileIsFollowedAndOpenConnectionsOfTheRevokedEndWithThatReason() throws Exception {
        Path missing = dir.resolve("crl.pem");
        try (RevocationFile _ = RevocationFile.follow(missing, lab.revocations);
                TestApplication app = TestApplication.echo(server.address());
                Socket open = client.dial(SERVER, app.port())) {
            open.getOutputStream().write("hello".getBytes(UTF_8));
            assertThat(open.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));

            list(revokingTheClient());

            assertThat(ended(open)).isTrue();
            await().untilAsserted(() -> assertThat(lab.completed(false))
                    .singleElement()
                    .asString()
                    .contains("client->server 5/5 the certificate of", "is revoked: serial", "CN=lab"));
            String[] revoked = {"reporter=\"destination\"", "response_flags=\"CERT_REVOKED\""};
            assertThat(lab.metric("istio_tcp_connections_failed_total", revoked))
                    .isEqualTo(1);
            assertThat(lab.metric("istio_crl_policy_rejections_total", revoked[0]))
                    .isEqualTo(1);

            assertThat(answers(app)).as("a new one is refused too").isFalse();
            await().untilAsserted(() ->
                    assertThat(lab.refused()).singleElement().asString().contains("is revoked"));

            list(lab.ca.revoked(Duration.ofDays(1)));
            await().until(() -> answers(app));
        }
    }

    @Test
    void aListThatIsSpoiltOrTakenAwayLeavesTheLastGoodOneInForce() throws Exception {
        try (RevocationFile _ = RevocationFile.follow(list(revokingTheClient()), lab.revocations);
                TestApplication app = TestApplication.echo(server.address())) {
            assertThat(answers(app)).isFalse();
            list("nonsense");
            await().pollDelay(RevocationFile.LOOK_EVERY.multipliedBy(3))
                    .untilAsserted(() -> assertThat(answers(app)).isFalse());
            Files.delete(dir.resolve("crl.pem"));
            await().pollDelay(RevocationFile.LOOK_EVERY.multipliedBy(3))
                    .untilAsserted(() -> assertThat(answers(app)).isFalse());
            list("");
            await().until(() -> answers(app));
        }
    }

    @Test
    void aListThatIsSpoiltAtTheStartRevokesNobodyUntilItIsMended() throws Exception {
        try (RevocationFile _ = RevocationFile.follow(list("nonsense"), lab.revocations);
                TestApplication app = TestApplication.echo(server.address())) {
            assertThat(answers(app)).isTrue();
            list(revokingTheClient());
            await().until(() -> !answers(app));
        }
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
