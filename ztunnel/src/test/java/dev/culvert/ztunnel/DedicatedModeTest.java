package dev.culvert.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.testkit.netns.LabProcess;
import dev.culvert.testkit.netns.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The proxy as a process inside the one pod that it serves, with a redirection that spares the proxy by its user.
class DedicatedModeTest {
    private static final String MESH = """
            workloads:
            - {uid: "c//Pod/shop/web-1", name: web-1, namespace: shop, serviceAccount: web, workloadIps: [10.77.2.1],
               protocol: TCP, node: n1}
            """;
    private static final String REDIRECTION = """
            table ip redirection {
              chain out {
                type nat hook output priority -100
                meta skuid 65534 tcp dport 8080 redirect to :15001
              }
              chain in {
                type nat hook prerouting priority -100
                iifname "eth0" tcp dport 8080 redirect to :15006
              }
            }
            """;

    @TempDir
    private Path directory;

    private final String pod = "zt-ded-" + ProcessHandle.current().pid();
    private final String outside = "zt-out-" + ProcessHandle.current().pid();
    private final List<LabProcess> processes = new ArrayList<>();
    private LabProcess proxy;

    @BeforeEach
    void start() throws Exception {
        for (String namespace : List.of(pod, outside)) {
            Shell.run("ip", "netns", "add", namespace);
            Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
        }
        Shell.run("ip", "-n", pod, "link", "add", "eth0", "type", "veth", "peer", "eth0", "netns", outside);
        connect(pod, "10.77.2.1/24");
        connect(outside, "10.77.2.2/24");
        Path rules = Files.writeString(directory.resolve("rules"), REDIRECTION);
        Shell.run(Shell.inside(pod, "nft", "-f", rules.toString()).toArray(String[]::new));
        serve(pod);
        serve(outside);
        proxy = LabProcess.start(
                "proxy",
                pod,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName()),
                environment(),
                directory.resolve("proxy.log"));
        processes.add(proxy);
        proxy.await(
                _ -> exec(pod, "curl", "-fsS", "http://127.0.0.1:15021/healthz/ready")
                        .ok(),
                Duration.ofSeconds(30));
    }

    private static void connect(String namespace, String address) {
        Shell.run("ip", "-n", namespace, "addr", "add", address, "dev", "eth0");
        Shell.run("ip", "-n", namespace, "link", "set", "eth0", "up");
    }

    private void serve(String namespace) throws Exception {
        Path page = Files.createDirectory(directory.resolve(namespace));
        Files.writeString(page.resolve("page"), "of " + namespace);
        List<String> server = List.of("python3", "-m", "http.server", "8080", "--directory", page.toString());
        processes.add(LabProcess.start("server", namespace, server, Map.of(), directory.resolve(namespace + ".log")));
        await().until(() ->
                exec(namespace, "curl", "-fsS", "http://127.0.0.1:8080/page").ok());
    }

    private static Map<String, String> environment() {
        return Map.of(
                "PROXY_MODE", "dedicated",
                "PROXY_WORKLOAD_INFO", "shop/web-1/web",
                "XDS_ADDRESS", "",
                "CA_ADDRESS", "",
                "LOCAL_XDS", MESH,
                "NODE_NAME", "n1",
                "ZTUNNEL_WORKER_THREADS", "1");
    }

    private static Shell.Result exec(String namespace, String... command) {
        return Shell.attempt(Map.of(), "", Shell.inside(namespace, command));
    }

    @AfterEach
    void close() {
        processes.reversed().forEach(LabProcess::kill);
        Shell.attempt("ip", "netns", "delete", pod);
        Shell.attempt("ip", "netns", "delete", outside);
    }

    @Test
    void carriesTheTrafficOfItsOnePodBothWays() {
        Shell.Result called = exec(
                pod,
                "setpriv",
                "--reuid=65534",
                "--clear-groups",
                "curl",
                "-fsS",
                "-m",
                "5",
                "http://10.77.2.2:8080/page");
        assertThat(called).isEqualTo(new Shell.Result(0, "of " + outside, ""));
        assertThat(exec(outside, "curl", "-fsS", "-m", "5", "http://10.77.2.1:8080/page"))
                .isEqualTo(new Shell.Result(0, "of " + pod, ""));
        await().untilAsserted(() -> assertThat(proxy.output().lines().filter(line -> line.contains("\taccess\t")))
                .hasSize(2)
                .anyMatch(line -> line.contains("direction=\"outbound\"") && line.contains("src.workload=\"web-1\""))
                .anyMatch(line -> line.contains("direction=\"inbound\"") && line.contains("dst.workload=\"web-1\"")));
        assertThat(exec(pod, "curl", "-fsS", "http://127.0.0.1:15020/metrics").out())
                .contains("istio_tcp_connections_opened_total");
        assertThat(proxy.stop(Duration.ofSeconds(10))).isZero();
    }
}
