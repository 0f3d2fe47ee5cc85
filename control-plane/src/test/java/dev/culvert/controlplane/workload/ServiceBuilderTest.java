package dev.culvert.controlplane.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.workload.AppProtocol;
import dev.culvert.api.workload.IPFamilies;
import dev.culvert.api.workload.LoadBalancing;
import dev.culvert.api.workload.LoadBalancing.HealthPolicy;
import dev.culvert.api.workload.LoadBalancing.Mode;
import dev.culvert.api.workload.NetworkAddress;
import dev.culvert.api.workload.Service;
import dev.culvert.controlplane.feed.ManifestFixture;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.ServiceEntry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Service message of a Kubernetes service and of each host of a ServiceEntry, field by field.
final class ServiceBuilderTest {
    private static final String PORT = "ports: [{port: 80, targetPort: 8080}]";
    private final ServiceBuilder builder = new ServiceBuilder("n1", "cluster.local");

    @Test
    void carriesWhatAServiceIs() throws Exception {
        Service service = service("clusterIP: 10.96.0.1, " + PORT);
        assertThat(service.getName()).isEqualTo("svc");
        assertThat(service.getNamespace()).isEqualTo("ns");
        assertThat(service.getHostname()).isEqualTo("svc.ns.svc.cluster.local");
        assertThat(service.getCanonical()).isTrue();
        assertThat(addresses(service)).containsExactly("n1/10.96.0.1");
        assertThat(service.hasWaypoint()).isFalse();
        assertThat(service.hasLoadBalancing()).isFalse();
        assertThat(service.getSubjectAltNamesList()).isEmpty();
    }

    @Test
    void anAliasOfAnotherNameIsNone() {
        assertThat(builder.build(kubernetes("", "type: ExternalName, externalName: x.example"), null))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "clusterIP: 10.96.0.1, clusterIPs: [10.96.0.1, 'fd00::1'] | n1/10.96.0.1 n1/fd00:0:0:0:0:0:0:1",
                "clusterIP: None | ''",
                "clusterIP: '' | ''"
            })
    void itsAddressesAreItsClusterIps(String spec, String expected) throws Exception {
        assertThat(String.join(" ", addresses(service(spec + ", " + PORT)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'[]', AUTOMATIC",
        "'[IPv4]', IPV4_ONLY",
        "'[IPv6]', IPV6_ONLY",
        "'[IPv4, IPv6]', DUAL",
        "'[IPv6, IPv4]', DUAL"
    })
    void itsFamiliesAreThoseThatItNames(String families, IPFamilies expected) {
        assertThat(service("ipFamilies: " + families + ", " + PORT).getIpFamilies())
                .isEqualTo(expected);
    }

    @Test
    void aNamedTargetIsLeftToTheEndpointsAndUdpIsLeftOut() {
        Service service =
                service("ports: [{name: a, port: 80, targetPort: 8080}, {name: b, port: 81, targetPort: http},"
                        + " {name: c, port: 82}, {name: d, port: 53, protocol: UDP}]");
        assertThat(service.getPortsList())
                .extracting(port -> port.getServicePort() + ">" + port.getTargetPort())
                .containsExactly("80>8080", "81>0", "82>82");
    }

    /// What a port speaks: its own field, else the part of its name before the first dash.
    @ParameterizedTest
    @CsvSource({
        "http, '', HTTP11",
        "http-web, '', HTTP11",
        "http2, '', HTTP2",
        "h2c-x, '', HTTP2",
        "grpc, '', GRPC",
        "grpc-web, '', GRPC",
        "tls, '', TLS",
        "https-x, '', TLS",
        "tcp, '', TCP",
        "HTTP, '', HTTP11",
        "web, '', UNKNOWN",
        "'', '', UNKNOWN",
        "http, kubernetes.io/h2c, HTTP2",
        "tcp, http, HTTP11",
        "x, kubernetes.io/ws, HTTP11",
        "x, kubernetes.io/wss, TLS",
        "http, example.com/own, HTTP11"
    })
    void aPortSpeaksWhatItSays(String name, String declared, AppProtocol expected) {
        assertThat(AppProtocols.of(declared, name)).isEqualTo(expected);
    }

    /// What wins: the field, then the annotation, then that of the namespace; Local before all of them.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trafficDistribution: PreferClose    |                 |                 | FAILOVER NETWORK REGION ZONE",
                "trafficDistribution: PreferSameZone |                 |                 | FAILOVER NETWORK REGION ZONE",
                "trafficDistribution: PreferSameNode |                 |                 | FAILOVER NETWORK REGION ZONE SUBZONE NODE",
                "trafficDistribution: PreferClose    | PreferSameNode  |                 | FAILOVER NETWORK REGION ZONE",
                "type: ClusterIP                     | PreferSameNode  | PreferClose     | FAILOVER NETWORK REGION ZONE SUBZONE NODE",
                "type: ClusterIP                     |                 | PreferClose     | FAILOVER NETWORK REGION ZONE",
                "type: ClusterIP                     | Any             | PreferClose     | none",
                "internalTrafficPolicy: Local        | PreferClose     |                 | STRICT NODE",
                "internalTrafficPolicy: Cluster      |                 |                 | none"
            })
    void spreadsAsItIsTold(String spec, @Nullable String own, @Nullable String ofNamespace, String expected) {
        Service service = Objects.requireNonNull(
                builder.build(kubernetes(annotation(own), spec + ", " + PORT), namespace(ofNamespace)));
        assertThat(balancing(service)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'publishNotReadyAddresses: true', UNSPECIFIED_MODE, ALLOW_ALL",
        "'publishNotReadyAddresses: true, internalTrafficPolicy: Local', STRICT, ALLOW_ALL",
        "'internalTrafficPolicy: Local', STRICT, ONLY_HEALTHY"
    })
    void keepsEndpointsThatAreNotReadyWhenToldTo(String spec, Mode mode, HealthPolicy health) {
        LoadBalancing balancing = service(spec + ", " + PORT).getLoadBalancing();
        assertThat(balancing.getMode()).isEqualTo(mode);
        assertThat(balancing.getHealthPolicy()).isEqualTo(health);
    }

    @Test
    void carriesWhatAnEntrySays() throws Exception {
        ServiceEntry entry = entry("", """
                hosts: [a.example, b.example]
                addresses: [192.0.2.1, 198.51.100.0/24]
                subjectAltNames: ["spiffe://td/ns/x/sa/y"]
                resolution: STATIC
                ports:
                - {number: 80, name: http, protocol: HTTP, targetPort: 8080}
                - {number: 443, name: x, protocol: TLS}
                - {number: 53, name: dns, protocol: UDP}
                """);
        Service service = builder.build(entry, "b.example", false, null);
        assertThat(service.getHostname()).isEqualTo("b.example");
        assertThat(service.getName()).isEqualTo("se");
        assertThat(service.getNamespace()).isEqualTo("ns");
        assertThat(service.getCanonical()).isFalse();
        assertThat(addresses(service)).containsExactly("n1/192.0.2.1", "n1/198.51.100.0/24");
        assertThat(service.getSubjectAltNamesList()).containsExactly("spiffe://td/ns/x/sa/y");
        assertThat(service.getIpFamilies()).isEqualTo(IPFamilies.AUTOMATIC);
        assertThat(service.getPortsList())
                .extracting(port -> port.getServicePort() + ">" + port.getTargetPort() + " " + port.getAppProtocol())
                .containsExactly("80>8080 HTTP11", "443>443 TLS");
        assertThat(builder.build(entry, "a.example", true, null).getCanonical()).isTrue();
    }

    /// Addresses: those written, else those given by a controller; a wildcard has them under DYNAMIC_DNS alone.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.example   | STATIC      | [192.0.2.1] | n1/192.0.2.1",
                "a.example   | STATIC      | []          | n1/240.240.0.1 n1/240.240.0.9",
                "b.example   | STATIC      | []          | n1/240.240.0.2 n1/240.240.0.9",
                "a.example   | NONE        | []          | ''",
                "a.example   | NONE        | [192.0.2.1] | n1/192.0.2.1",
                "'*.example' | DNS         | [192.0.2.1] | ''",
                "'*.example' | DYNAMIC_DNS | []          | n1/240.240.0.9"
            })
    void addressesOfAnEntry(String host, String resolution, String written, String expected) throws Exception {
        ServiceEntry entry = (ServiceEntry)
                ManifestFixture.parse("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: se, namespace: ns}
                spec:
                  hosts: [a.example, b.example, "*.example"]
                  addresses: %s
                  resolution: %s
                  ports: [{number: 80, name: http, protocol: HTTP}]
                status:
                  addresses:
                  - {value: 240.240.0.1, host: a.example}
                  - {value: 240.240.0.2, host: b.example}
                  - {value: 240.240.0.9}
                """.formatted(written, resolution)).getFirst();
        assertThat(String.join(" ", addresses(builder.build(entry, host, true, null))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NONE   | PreferClose    | PASSTHROUGH ",
                "STATIC | PreferSameNode | FAILOVER NETWORK REGION ZONE SUBZONE NODE",
                "STATIC |                | none"
            })
    void anEntryWithoutResolutionIsPassedThrough(String resolution, @Nullable String annotation, String expected) {
        ServiceEntry entry = entry(annotation(annotation), """
                hosts: [a.example]
                resolution: %s
                ports: [{number: 80, name: http, protocol: HTTP}]
                """.formatted(resolution));
        Service service = builder.build(entry, "a.example", true, null);
        assertThat(balancing(service)).isEqualTo(expected.strip());
        if (resolution.equals("NONE")) {
            assertThat(service.getLoadBalancing().getHealthPolicy()).isEqualTo(HealthPolicy.ALLOW_ALL);
        }
    }

    private static String balancing(Service service) {
        if (!service.hasLoadBalancing()) {
            return "none";
        }
        LoadBalancing balancing = service.getLoadBalancing();
        return (balancing.getMode() + " "
                        + balancing.getRoutingPreferenceList().stream()
                                .map(Enum::name)
                                .collect(Collectors.joining(" ")))
                .strip();
    }

    private Service service(String spec) {
        return Objects.requireNonNull(builder.build(kubernetes("", spec), null));
    }

    private static dev.culvert.kube.resource.Service kubernetes(String metadata, String spec) {
        return (dev.culvert.kube.resource.Service)
                ManifestFixture.parse("""
                apiVersion: v1
                kind: Service
                metadata: {name: svc, namespace: ns%s}
                spec: {%s}
                """.formatted(metadata, spec)).getFirst();
    }

    private static ServiceEntry entry(String metadata, String spec) {
        return (ServiceEntry)
                ManifestFixture.parse("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: se, namespace: ns%s}
                spec:
                """.formatted(metadata) + spec.indent(2)).getFirst();
    }

    private static String annotation(@Nullable String distribution) {
        return distribution == null
                ? ""
                : ", annotations: {networking.istio.io/traffic-distribution: " + distribution + "}";
    }

    private static @Nullable Namespace namespace(@Nullable String distribution) {
        return distribution == null
                ? null
                : (Namespace) ManifestFixture.parse("apiVersion: v1\nkind: Namespace\nmetadata: {name: ns"
                                + annotation(distribution) + "}\n")
                        .getFirst();
    }

    private static List<String> addresses(Service service) throws UnknownHostException {
        List<String> texts = new ArrayList<>();
        for (NetworkAddress address : service.getAddressesList()) {
            texts.add(address.getNetwork() + "/"
                    + InetAddress.getByAddress(address.getAddress().toByteArray())
                            .getHostAddress()
                    + (address.hasLength() ? "/" + address.getLength() : ""));
        }
        return texts;
    }
}
