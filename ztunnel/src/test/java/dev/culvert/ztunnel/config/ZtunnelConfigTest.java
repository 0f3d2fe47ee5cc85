package dev.culvert.ztunnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.mesh.config.CallToken;
import dev.culvert.mesh.config.Machine;
import dev.culvert.process.SettingErrors;
import dev.culvert.process.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZtunnelConfigTest {
    @TempDir
    private Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void isCompleteWithoutASingleVariable() {
        ZtunnelConfig config = read();
        assertThat(config.mode()).isEqualTo(new ProxyMode.Shared());
        assertThat(config.xds().server().address()).isEqualTo(URI.create("https://localhost:15012"));
        assertThat(config.xds().token()).isEqualTo(new CallToken.None());
        assertThat(config.sockets().packetMark()).isEqualTo(1337);
        assertThat(config.dns().listen()).isEqualTo(new DnsConfig.Listen.Loopback(15053));
        assertThat(config.endpoints()).isEqualTo(new EndpointConfig(15000, 15020, 15021));
        assertThat(config.lifecycle().drainDeadline()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.lifecycle().podSocket()).isEqualTo(Path.of("/var/run/ztunnel/ztunnel.sock"));
        assertThat(config.tunnel().streamWindowBytes()).isEqualTo(4 << 20);
    }

    @Test
    void reportsAllMistakesTogether() {
        environment.put("PROXY_MODE", "both");
        environment.put("KEEPALIVE_TIME", "soon");
        environment.put("XDS_ADDRESS", "http://istiod:15010");
        environment.put("IPV6_ENABLED", "yes");
        environment.put("RUST_LOG", "loud");
        environment.put("PROXY_CONFIG", "[not an object");
        environment.put("ISTIO_META_DNS_PROXY_ADDR", "somewhere");
        SettingErrors errors = catchThrowableOfType(SettingErrors.class, this::read);
        assertThat(errors.mistakes())
                .extracting(SettingErrors.Mistake::name)
                .containsExactlyInAnyOrderElementsOf(environment.keySet());
    }

    @ParameterizedTest
    @CsvSource({"COMPLIANCE_POLICY, fips-140-2", "UNSTABLE_ENABLE_SOCKS5, true", "NODE_NAME, ''", "FAKE_CA, true"})
    void refusesToStartWhenSomethingIsReliedOnThatIsNotThere(String name, String value) {
        environment.put(name, value);
        SettingErrors errors = catchThrowableOfType(SettingErrors.class, this::read);
        assertThat(errors.mistakes()).extracting(SettingErrors.Mistake::name).containsExactly(name);
    }

    @ParameterizedTest
    @CsvSource({
        "istiod.istio-system.svc:15012, https://istiod.istio-system.svc:15012",
        "https://10.0.0.1:15012, https://10.0.0.1:15012",
        "'https://[fd00::1]:15012', 'https://[fd00::1]:15012'"
    })
    void reachesTheControlPlaneOverTlsAlone(String given, String expected) {
        environment.put("XDS_ADDRESS", given);
        assertThat(read().xds().server().address()).isEqualTo(URI.create(expected));
    }

    @Test
    void doesWithoutAControlPlaneWhenItsAddressIsEmpty() {
        environment.put("XDS_ADDRESS", "");
        environment.put("CA_ADDRESS", "");
        ZtunnelConfig config = read();
        assertThat(config.xds().server().address()).isNull();
        assertThat(config.certificates().server().address()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"30, 25", "11, 6", "10, 9", "2, 1", "1, 1", "0, 1"})
    void leavesSomeOfTheGracePeriodToTheEnd(String grace, int seconds) {
        environment.put("TERMINATION_GRACE_PERIOD_SECONDS", grace);
        assertThat(read().lifecycle().drainDeadline()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "ZTUNNEL_WORKER_THREADS, 3, 3",
        "ZTUNNEL_WORKER_THREADS, 0, 16",
        "ZTUNNEL_WORKER_THREADS, 30%, 5",
        "ZTUNNEL_WORKER_THREADS, 1%, 1",
        "ZTUNNEL_RESOURCE_CPU_LIMIT, 1500m, 2",
        "ZTUNNEL_CPU_LIMIT, 1, 1",
        "ZTUNNEL_RESOURCE_CPU_REQUEST, 6, 6",
        "ZTUNNEL_RESOURCE_CPU_REQUEST, 1, 4"
    })
    void countsItsLoops(String name, String value, int loops) {
        environment.put(name, value);
        assertThat(read().lifecycle().workerThreads()).isEqualTo(loops);
    }

    @Test
    void takesFiveFieldsFromTheProxyConfigurationAndLetsVariablesWin() throws IOException {
        Path mesh = directory.resolve("etc/istio/config/mesh");
        Files.createDirectories(mesh.getParent());
        Files.writeString(
                mesh,
                "defaultConfig: {statsPort: 1, proxyAdminPort: 2, discoveryAddress: 'a.b:1',"
                        + " proxyMetadata: {ISTIO_META_DNS_CAPTURE: 'false', X: y}}");
        environment.put("PROXY_CONFIG", "{\"statsPort\": 7, \"concurrency\": 5}");
        environment.put("ISTIO_META_X", "z");
        ZtunnelConfig config = read();
        assertThat(config.endpoints()).isEqualTo(new EndpointConfig(2, 7, 15021));
        assertThat(config.lifecycle().workerThreads()).isEqualTo(5);
        assertThat(config.xds().server().address()).isEqualTo(URI.create("https://a.b:1"));
        assertThat(config.dns().enabled()).isFalse();
        assertThat(config.xds().metadata()).containsEntry("X", "z");
    }

    @Test
    void readsNameserversOfTheHost() throws IOException {
        Files.writeString(
                directory.resolve("resolv.conf"),
                "# by hand\nsearch x\nnameserver 10.0.0.10\nnameserver   fd00::a\nnameserver name\n");
        assertThat(read().dns().upstreams())
                .extracting(Object::toString)
                .containsExactly("/10.0.0.10:53", "/[fd00:0:0:0:0:0:0:a]:53");
    }

    @Test
    void needsTheNamesOfItsWorkloadInDedicatedMode() {
        environment.put("PROXY_MODE", "dedicated");
        assertThat(catchThrowableOfType(SettingErrors.class, this::read).mistakes())
                .extracting(SettingErrors.Mistake::name)
                .containsExactly("PROXY_WORKLOAD_INFO");
        environment.put("PROXY_WORKLOAD_INFO", "shop/web-1/web");
        assertThat(read().mode()).isEqualTo(new ProxyMode.Dedicated("shop", "web-1", "web"));
        assertThat(read().sockets().packetMark()).isZero();
        assertThat(read().sockets().originalSource()).isEqualTo(SocketConfig.OriginalSource.NEVER);
    }

    @Test
    void restrictsKeyExchangeWhenAPolicyAsksForIt() {
        assertThat(read().tunnel().postQuantumOnly()).isFalse();
        environment.put("COMPLIANCE_POLICY", "pqc");
        assertThat(read().tunnel().postQuantumOnly()).isTrue();
    }

    @Test
    void keepsTheTokenOutOfWhatItPrints() {
        environment.put("AUTH_TOKEN", "eyJsecret");
        assertThat(read().toString()).doesNotContain("eyJ");
    }

    private ZtunnelConfig read() {
        Settings settings = Settings.of(environment);
        ZtunnelConfig config =
                ZtunnelConfig.from(settings, new Machine(directory, directory.resolve("resolv.conf"), 16));
        settings.check();
        return config;
    }
}
