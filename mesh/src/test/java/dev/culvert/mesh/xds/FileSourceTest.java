package dev.culvert.mesh.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.authz.Matcher;
import dev.culvert.mesh.authz.StringMatch;
import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.IpFamilies;
import dev.culvert.mesh.model.LoadBalancing;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.NetworkMode;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Visibility;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadType;
import dev.culvert.mesh.state.MeshBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSourceTest {
    @Test
    void readsEveryFieldOfAWorkload() {
        Workload workload = FileSource.parse("""
                workloads:
                - uid: cluster1//Pod/default/web
                  name: web
                  namespace: default
                  serviceAccount: web-account
                  trustDomain: td
                  workloadIps: ["127.0.0.1", "fd00::1"]
                  protocol: HBONE
                  network: n
                  networkMode: HostNetwork
                  node: local
                  hostname: web.example
                  workloadName: web-deploy
                  workloadType: cronjob
                  canonicalName: web
                  canonicalRevision: v2
                  nativeTunnel: true
                  clusterId: c2
                  status: Unhealthy
                  capacity: 7
                  locality: {region: r, zone: z, subzone: s}
                  applicationTunnel: {protocol: PROXY, port: 15088}
                  waypoint: {destination: default/wp.default, hboneMtlsPort: 15008}
                  networkGateway: {destination: "other/10.9.9.9", hboneMtlsPort: 15009}
                  authorizationPolicies: [default/a, b]
                  services:
                    default/example.com:
                      80: 8080
                      "443": 0
                    default/bare.com: {}
                """).workloads().getFirst();

        assertThat(workload.identity()).hasToString("spiffe://td/ns/default/sa/web-account");
        assertThat(workload.addresses())
                .containsExactly(CidrBlock.parseAddress("127.0.0.1"), CidrBlock.parseAddress("fd00::1"));
        assertThat(workload.protocol()).isEqualTo(TunnelProtocol.HBONE);
        assertThat(workload.networkMode()).isEqualTo(NetworkMode.HOST_NETWORK);
        assertThat(workload.origin().workloadType()).isEqualTo(WorkloadType.CRONJOB);
        assertThat(workload.health()).isEqualTo(Health.UNHEALTHY);
        assertThat(workload.capacity()).isEqualTo(7);
        assertThat(workload.locality().zone()).isEqualTo("z");
        assertThat(workload.applicationTunnel())
                .isEqualTo(new ApplicationTunnel(ApplicationTunnel.Protocol.PROXY, 15088));
        assertThat(workload.waypoint())
                .isEqualTo(new GatewayReference.ByHostname(new NamespacedHostname("default", "wp.default"), 15008));
        assertThat(workload.networkGateway())
                .isEqualTo(new GatewayReference.ByAddress(NetworkAddress.parse("other/10.9.9.9"), 15009));
        assertThat(workload.policies()).containsExactly(new PolicyKey("default", "a"), new PolicyKey("", "b"));
        assertThat(workload.services())
                .isEqualTo(Map.of(
                        NamespacedHostname.parse("default/example.com"),
                        PortMap.of(Map.of(80, 8080, 443, 0)),
                        NamespacedHostname.parse("default/bare.com"),
                        PortMap.NONE));
    }

    @Test
    void readsEveryFieldOfAService() {
        Service service = FileSource.parse("""
                services:
                - name: example
                  namespace: default
                  hostname: example.com
                  vips: [/127.10.0.1, n/fd00::10]
                  cidrVips: [{network: n, cidr: 10.1.0.0/16}, n/10.2.0.0/24]
                  ports: {80: 8080}
                  subjectAltNames: ["spiffe://td/ns/a/sa/b"]
                  waypoint: {destination: default/wp, hboneMtlsPort: 15008}
                  weightedWaypoints:
                  - {destination: {destination: default/wp2, hboneMtlsPort: 15008}, weight: 3}
                  loadBalancer: {routingPreferences: [Network, Region], mode: Failover, healthPolicy: AllowAll}
                  ipFamilies: IPv4
                  canonical: true
                  visibility: Namespace
                """).services().getFirst();

        assertThat(service.vips())
                .containsExactly(NetworkAddress.parse("/127.10.0.1"), NetworkAddress.parse("n/fd00::10"));
        assertThat(service.cidrVips()).extracting(Object::toString).containsExactly("n/10.1.0.0/16", "n/10.2.0.0/24");
        assertThat(service.ports().target(80)).isEqualTo(8080);
        assertThat(service.weightedWaypoints().getFirst().weight()).isEqualTo(3);
        assertThat(service.loadBalancing())
                .isEqualTo(new LoadBalancing(
                        List.of(LoadBalancing.Scope.NETWORK, LoadBalancing.Scope.REGION),
                        LoadBalancing.Mode.FAILOVER,
                        LoadBalancing.HealthPolicy.ALLOW_ALL));
        assertThat(service.ipFamilies()).isEqualTo(IpFamilies.IPV4_ONLY);
        assertThat(service.canonical()).isTrue();
        assertThat(service.visibility()).isEqualTo(Visibility.NAMESPACE);
    }

    @Test
    void readsEveryFieldOfAPolicy() {
        Authorization policy = FileSource.parse("""
                policies:
                - name: p
                  namespace: default
                  scope: WorkloadSelector
                  action: Deny
                  dryRun: true
                  rules:
                  - - - namespaces: [{Exact: a}]
                        notNamespaces: [{Prefix: b}]
                        principals: [{Suffix: c}]
                        notPrincipals: [{Presence: []}]
                        sourceIps: [10.0.0.0/8]
                        notSourceIps: ["fd00::/8"]
                        destinationIps: [10.0.0.1]
                        notDestinationIps: [10.0.0.2]
                        destinationPorts: [80]
                        notDestinationPorts: [81]
                        serviceAccounts: [{namespace: a, serviceAccount: b}]
                        notServiceAccounts: [{namespace: c, serviceAccount: d}]
                      - destinationPorts: [9999]
                    - []
                """).policies().getFirst();

        assertThat(policy.key()).hasToString("default/p");
        assertThat(policy.scope()).isEqualTo(Authorization.Scope.WORKLOAD_SELECTOR);
        assertThat(policy.action()).isEqualTo(Authorization.Action.DENY);
        assertThat(policy.dryRun()).isTrue();
        var clauses = policy.rules().getFirst().clauses();
        assertThat(clauses).hasSize(2);
        var conditions = clauses.getFirst().matches().getFirst().conditions();
        assertThat(conditions)
                .extracting(Authorization.Condition::attribute)
                .containsExactly(Authorization.Attribute.values());
        assertThat(conditions.get(1).none()).containsExactly(new Matcher.Principal(new StringMatch.Presence()));
        assertThat(conditions.get(5).any()).containsExactly(new Matcher.ServiceAccount("a", "b"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            colour: red                                              | colour is not known
            workloads: 7                                             | workloads is '7'; expected a list
            workloads: [{name: a}]                                   | workloads[0].uid is missing
            workloads: [{uid: a}, {uid: b, colour: red}]             | workloads[1].colour is not known
            workloads: [{uid: a, workloadIps: [x]}]                  | workloads[0].workloadIps[0]: address is 'x'
            workloads: [{uid: a, protocol: QUIC}]                    | workloads[0].protocol is 'QUIC'; expected one of
            workloads: [{uid: a, locality: {planet: x}}]             | workloads[0].locality.planet is not known
            workloads: [{uid: a, services: {noslash: {}}}]           | service is 'noslash'
            workloads: [{uid: a, services: {a/b: {80: x}}}]          | workloads[0].services.a/b.80 is 'x'; expected a whole
            workloads: [{uid: a, services: {a/b: {80: 65536}}}]      | workloads[0].services.a/b: target port is 65536
            services: [{namespace: a}]                               | services[0].hostname is missing
            services: [{namespace: a, hostname: b, vips: [1.2.3.4]}] | services[0].vips[0]: network address is '1.2.3.4'
            policies: [{name: a, rules: [[[{colour: red}]]]}]        | policies[0].rules[0][0][0].colour is not known
            policies: [{name: a, rules: [[[{principals: [{}]}]]]}]   | principals[0] is '{}'; expected one of Exact
            policies: [{name: a, rules: [[[{destinationPorts: [65536]}]]]}] | destinationPorts[0] is 65536
            'workloads: ['                                           | not legal YAML
            """)
    void namesTheFieldThatIsWrong(String yaml, String complaint) {
        assertThatThrownBy(() -> FileSource.parse(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void namesTheFileToo(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("local.yaml"), "colour: red");
        assertThatThrownBy(() -> FileSource.read(file)).hasMessageContaining("local.yaml: colour is not known");
    }

    @Test
    void takesAnEmptyFileForNothing() {
        assertThat(FileSource.parse("")).isEqualTo(MeshBatch.NOTHING);
    }
}
