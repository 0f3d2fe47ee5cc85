package dev.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.process.HttpBind;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.Response;
import dev.culvert.process.Routes;
import dev.culvert.process.state.StateDirectory;
import dev.culvert.process.state.TokenRecord;
import dev.culvert.process.state.TokenStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {
    private static final String DUMP = """
            {"workloads": [
               {"uid": "c//Pod/a/web", "name": "web", "namespace": "a", "workloadIps": ["10.0.0.1", "fd00::1"],
                "protocol": "HBONE", "status": "Healthy", "node": "n1",
                "waypoint": {"destination": "a/wp.a.svc"}},
               {"uid": "c//Pod/b/db", "name": "db", "namespace": "b", "workloadIps": ["10.0.0.2"],
                "protocol": "TCP", "status": "Unhealthy", "capacity": 1}],
             "services": [
               {"name": "web", "namespace": "a", "vips": ["/10.1.0.1"], "ports": {"80": 8080},
                "endpoints": {"x": {"status": "Healthy"}, "y": {"status": "Unhealthy"}}}],
             "policies": [
               {"name": "deny", "namespace": "a", "action": "Deny", "scope": "Namespace", "rules": [[[{}]]]}],
             "certificates": [
               {"identity": "spiffe://cluster.local/ns/a/sa/web", "state": "Available",
                "certChain": [{"serialNumber": "42", "validFrom": "2026-01-01T00:00:00Z",
                               "expirationTime": "2026-01-02T00:00:00Z", "pem": "x"}],
                "rootCerts": [{"serialNumber": "7"}]},
               {"identity": "spiffe://cluster.local/ns/b/sa/db", "state": "Initializing", "certChain": null}]}
            """;

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.run(
                temp.resolve("state").toString(), new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private int runAgainstAProxy(Routes routes, String... arguments) {
        try (HttpEndpoint endpoint = new HttpEndpoint()) {
            int port = endpoint.listen(HttpBind.loopback(0), routes).port();
            String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
            all[arguments.length] = "--address";
            all[arguments.length + 1] = "127.0.0.1:" + port;
            return run(all);
        }
    }

    private int dump(String... arguments) {
        return runAgainstAProxy(new Routes().any("/config_dump", _ -> Response.json(200, DUMP)), arguments);
    }

    @Test
    void printsATokenAndNothingElseAndStoresItsHash() throws Exception {
        assertThat(run("token", "create", "--node", "n1")).isZero();
        String token = out.toString().strip();
        TokenStore store = TokenStore.open(StateDirectory.open(temp.resolve("state")), Clock.systemUTC());
        TokenRecord record = store.find(token);
        assertThat(record).isNotNull();
        assertThat(store.list()).singleElement().satisfies(stored -> {
            assertThat(stored.kind()).isEqualTo(TokenRecord.Kind.NODE);
            assertThat(stored.subject()).isEqualTo("n1");
        });
    }

    @Test
    void bindsATokenToOneIdentity() {
        assertThat(run("token", "create", "--identity", "spiffe://cluster.local/ns/a/sa/b"))
                .isZero();
        assertThat(run("token", "list")).isZero();
        assertThat(out.toString()).contains("identity").contains("spiffe://cluster.local/ns/a/sa/b");
    }

    @Test
    void refusesAnIdentityThatIsNoneAndASubjectThatIsMissingOrDouble() {
        assertThat(run("token", "create", "--identity", "web")).isEqualTo(2);
        assertThat(err.toString()).contains("'web' is no identity");
        assertThat(run("token", "create")).isEqualTo(2);
        assertThat(run("token", "create", "--node", "a", "--identity", "spiffe://t/ns/a/sa/b"))
                .isEqualTo(2);
    }

    @Test
    void revokesATokenOnce() throws Exception {
        run("token", "create", "--node", "n1");
        String token = out.toString().strip();
        String id = token.split("_", -1)[1];
        assertThat(run("token", "revoke", id)).isZero();
        assertThat(run("token", "revoke", id)).isEqualTo(1);
        assertThat(TokenStore.open(StateDirectory.open(temp.resolve("state")), Clock.systemUTC())
                        .find(token))
                .isNull();
    }

    @Test
    void takesTheStateDirectoryFromItsOption() {
        Path other = temp.resolve("other");
        assertThat(run("token", "create", "--node", "n1", "--state-dir", other.toString()))
                .isZero();
        assertThat(other.resolve("tokens")).isNotEmptyDirectory();
        assertThat(temp.resolve("state")).doesNotExist();
    }

    @Test
    void showsWorkloadsAsATable() {
        assertThat(dump("workload")).isZero();
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "NAMESPACE NAME ADDRESS NODE WAYPOINT PROTOCOL STATUS",
                        "a web 10.0.0.1,fd00::1 n1 a/wp.a.svc HBONE Healthy",
                        "b db 10.0.0.2 - - TCP Unhealthy");
    }

    @Test
    void narrowsToANamespaceAndAName() {
        assertThat(dump("workload", "-n", "b")).isZero();
        assertThat(out.toString().lines()).hasSize(2).anyMatch(line -> line.contains("db"));
        assertThat(dump("workload", "nobody")).isZero();
    }

    @Test
    void showsJsonThatKeepsTypes() {
        assertThat(dump("workload", "-n", "b", "-o", "json")).isZero();
        assertThat(out.toString()).contains("\"capacity\": 1").contains("\"name\": \"db\"");
    }

    @Test
    void showsServicesPoliciesAndCertificates() {
        assertThat(dump("service")).isZero();
        assertThat(dump("policy")).isZero();
        assertThat(dump("certificate")).isZero();
        assertThat(out.toString())
                .contains("1/2")
                .contains("Deny")
                .contains("leaf")
                .contains("root")
                .contains("Initializing")
                .contains("2026-01-02T00:00:00Z");
    }

    @Test
    void setsALogLevelWithAPost() {
        AtomicReference<String> asked = new AtomicReference<>("");
        Routes routes = new Routes().post("/logging", request -> {
            asked.set(request.query().toString());
            return Response.text(200, "current log level is debug");
        });
        assertThat(runAgainstAProxy(routes, "log-level", "dev.culvert=debug")).isZero();
        assertThat(asked.get()).contains("level").contains("dev.culvert=debug");
        assertThat(out.toString()).contains("current log level is debug");
    }

    @Test
    void saysWhenNothingListens() {
        assertThat(run("workload", "--address", "127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString()).contains("nothing listens on 127.0.0.1:1");
    }

    @Test
    void listsTheProcessesInItsHelp() {
        assertThat(run("help")).isZero();
        assertThat(out.toString())
                .contains("control-plane")
                .contains("cni-agent")
                .contains("token");
        assertThat(run("version")).isZero();
        assertThat(out.toString()).contains("Java 25");
    }
}
