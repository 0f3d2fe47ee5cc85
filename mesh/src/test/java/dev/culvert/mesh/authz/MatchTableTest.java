package dev.culvert.mesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.xds.FileSource;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What each attribute, variant and level of a policy matches. The connection is from `td/ns/app/sa/web` at
/// 10.0.0.1 to 10.0.9.9 port 8080, unless the row says otherwise.
class MatchTableTest {
    private static final SpiffeId WEB = new SpiffeId("td", "app", "web");
    private static final InetAddress SOURCE = CidrBlock.parseAddress("10.0.0.1");
    private static final InetAddress SOURCE6 = CidrBlock.parseAddress("fd00::1");
    private static final InetAddress DESTINATION = CidrBlock.parseAddress("10.0.9.9");
    private static final int PORT = 8080;

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            namespaces: [{Exact: app}]                       | true
            namespaces: [{Exact: App}]                       | false
            namespaces: [{Exact: ap}]                        | false
            namespaces: [{Exact: apps}]                      | false
            namespaces: [{Exact: ''}]                        | false
            namespaces: [{Prefix: ap}]                       | true
            namespaces: [{Prefix: app}]                      | true
            namespaces: [{Prefix: pp}]                       | false
            namespaces: [{Prefix: ''}]                       | true
            namespaces: [{Suffix: pp}]                       | true
            namespaces: [{Suffix: ap}]                       | false
            namespaces: [{Presence: []}]                     | true
            namespaces: [{Exact: x}, {Exact: app}]           | true
            namespaces: [{Exact: x}, {Exact: y}]             | false
            namespaces: [{Exact: 'a.*'}]                     | false
            namespaces: [{Prefix: '*'}]                      | false
            notNamespaces: [{Exact: app}]                    | false
            notNamespaces: [{Exact: x}]                      | true
            notNamespaces: [{Exact: x}, {Prefix: a}]         | false
            notNamespaces: [{Presence: []}]                  | false
            notNamespaces: [{Suffix: x}, {Prefix: x}]        | true
            namespaces: [{Exact: app}], notNamespaces: [{Exact: x}]   | true
            namespaces: [{Prefix: a}], notNamespaces: [{Exact: app}]  | false
            namespaces: [{Exact: x}], notNamespaces: [{Exact: y}]     | false
            principals: [{Exact: td/ns/app/sa/web}]          | true
            principals: [{Exact: 'spiffe://td/ns/app/sa/web'}] | false
            principals: [{Exact: td/ns/app/sa/we}]           | false
            principals: [{Exact: TD/ns/app/sa/web}]          | false
            principals: [{Prefix: td/ns/app/}]               | true
            principals: [{Prefix: td/ns/ap/}]                | false
            principals: [{Prefix: other/}]                   | false
            principals: [{Suffix: /sa/web}]                  | true
            principals: [{Suffix: /sa/we}]                   | false
            principals: [{Presence: []}]                     | true
            principals: [{Exact: x}, {Suffix: web}]          | true
            notPrincipals: [{Exact: td/ns/app/sa/web}]       | false
            notPrincipals: [{Exact: td/ns/app/sa/api}]       | true
            notPrincipals: [{Prefix: td/}]                   | false
            notPrincipals: [{Presence: []}]                  | false
            principals: [{Prefix: td/}], notPrincipals: [{Suffix: api}] | true
            principals: [{Prefix: td/}], notPrincipals: [{Suffix: web}] | false
            sourceIps: [10.0.0.1]                            | true
            sourceIps: [10.0.0.2]                            | false
            sourceIps: [10.0.0.0/8]                          | true
            sourceIps: [10.0.0.0/31]                         | true
            sourceIps: [10.0.0.2/31]                         | false
            sourceIps: [0.0.0.0/0]                           | true
            sourceIps: ['::/0']                              | false
            sourceIps: [11.0.0.0/8]                          | false
            sourceIps: [11.0.0.0/8, 10.0.0.0/24]             | true
            sourceIps: [10.255.255.255/8]                    | true
            sourceIps: ['fd00::/8']                          | false
            sourceIps: [10.0.9.9]                            | false
            notSourceIps: [10.0.0.1]                         | false
            notSourceIps: [10.0.0.2]                         | true
            notSourceIps: [10.0.0.0/8, 11.0.0.0/8]           | false
            notSourceIps: ['::/0']                           | true
            sourceIps: [10.0.0.0/8], notSourceIps: [10.0.1.0/24] | true
            sourceIps: [10.0.0.0/8], notSourceIps: [10.0.0.0/24] | false
            destinationIps: [10.0.9.9]                       | true
            destinationIps: [10.0.9.8/31]                    | true
            destinationIps: [10.0.9.8]                       | false
            destinationIps: [10.0.0.1]                       | false
            destinationIps: [10.0.8.0/21, 1.1.1.1]           | true
            notDestinationIps: [10.0.9.9]                    | false
            notDestinationIps: [10.0.9.0/29]                 | true
            destinationIps: [10.0.0.0/8], notDestinationIps: [10.0.9.0/24] | false
            destinationPorts: [8080]                         | true
            destinationPorts: [8081]                         | false
            destinationPorts: [0]                            | false
            destinationPorts: [80, 8080, 443]                | true
            destinationPorts: [80, 443]                      | false
            notDestinationPorts: [8080]                      | false
            notDestinationPorts: [80]                        | true
            notDestinationPorts: [80, 8080]                  | false
            destinationPorts: [8080], notDestinationPorts: [80]   | true
            destinationPorts: [8080], notDestinationPorts: [8080] | false
            serviceAccounts: [{namespace: app, serviceAccount: web}]  | true
            serviceAccounts: [{namespace: app, serviceAccount: api}]  | false
            serviceAccounts: [{namespace: ns, serviceAccount: web}]   | false
            serviceAccounts: [{namespace: x, serviceAccount: y}, {namespace: app, serviceAccount: web}] | true
            notServiceAccounts: [{namespace: app, serviceAccount: web}] | false
            notServiceAccounts: [{namespace: app, serviceAccount: api}] | true
            namespaces: [{Exact: app}], destinationPorts: [8080]        | true
            namespaces: [{Exact: app}], destinationPorts: [80]          | false
            namespaces: [{Exact: x}], destinationPorts: [8080]          | false
            namespaces: [{Exact: app}], notSourceIps: [10.0.0.1]        | false
            namespaces: [{Exact: app}], principals: [{Presence: []}], sourceIps: [10.0.0.1], destinationIps: [10.0.9.9], destinationPorts: [8080], serviceAccounts: [{namespace: app, serviceAccount: web}] | true
            namespaces: [{Exact: app}], principals: [{Presence: []}], sourceIps: [10.0.0.1], destinationIps: [10.0.9.9], destinationPorts: [8080], serviceAccounts: [{namespace: app, serviceAccount: w}]   | false
            ''                                               | false
            """)
    void matchesAMeshPeer(String match, boolean expected) {
        assertThat(matches("[[[{" + match + "}]]]", WEB, SOURCE)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            namespaces: [{Exact: app}]        | false
            namespaces: [{Exact: ''}]         | true
            namespaces: [{Prefix: ''}]        | true
            namespaces: [{Suffix: ''}]        | true
            namespaces: [{Presence: []}]      | false
            notNamespaces: [{Exact: app}]     | true
            notNamespaces: [{Presence: []}]   | true
            notNamespaces: [{Prefix: ''}]     | false
            principals: [{Exact: ''}]         | false
            principals: [{Prefix: ''}]        | false
            principals: [{Suffix: ''}]        | false
            principals: [{Presence: []}]      | false
            notPrincipals: [{Presence: []}]   | true
            notPrincipals: [{Prefix: ''}]     | true
            notPrincipals: [{Exact: td/ns/app/sa/web}] | true
            serviceAccounts: [{namespace: '', serviceAccount: ''}]      | false
            serviceAccounts: [{namespace: app, serviceAccount: web}]    | false
            notServiceAccounts: [{namespace: app, serviceAccount: web}] | true
            sourceIps: [10.0.0.1]             | true
            destinationPorts: [8080]          | true
            notPrincipals: [{Presence: []}], destinationPorts: [80]   | false
            notPrincipals: [{Presence: []}], destinationPorts: [8080] | true
            """)
    void matchesAPlainPeer(String match, boolean expected) {
        assertThat(matches("[[[{" + match + "}]]]", null, SOURCE)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            sourceIps: ['fd00::1']        | true
            sourceIps: ['fd00::/8']       | true
            sourceIps: ['fd00::/127']     | true
            sourceIps: ['fd00::2/127']    | false
            sourceIps: ['::/0']           | true
            sourceIps: [0.0.0.0/0]        | false
            notSourceIps: [0.0.0.0/0]     | true
            notSourceIps: ['fd00::/8']    | false
            """)
    void matchesAPeerOfTheOtherFamily(String match, boolean expected) {
        assertThat(matches("[[[{" + match + "}]]]", WEB, SOURCE6)).isEqualTo(expected);
    }

    /// T is a match that holds, F one that does not.
    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', textBlock = """
            []                      | false
            [[]]                    | true
            [[[]]]                  | true
            [[[{}]]]                | false
            [[[{}, T]]]             | true
            [[[T]]]                 | true
            [[[F]]]                 | false
            [[[T, F]]]              | true
            [[[F, T]]]              | true
            [[[F, F]]]              | false
            [[[T], [T]]]            | true
            [[[T], [F]]]            | false
            [[[F], [T]]]            | false
            [[[T], []]]             | true
            [[[F], []]]             | false
            [[[T], [{}]]]           | false
            [[[F, T], [T, F]]]      | true
            [[[T]], [[F]]]          | true
            [[[F]], [[T]]]          | true
            [[[F]], [[F]]]          | false
            [[[F]], [[]]]           | true
            [[[F], [T]], [[T], [F]]] | false
            [[[F], [T]], [[T], [T]]] | true
            """)
    void nestsAnyOfAllOfAny(String rules, boolean expected) {
        String yaml = rules.replace("T", "{destinationPorts: [8080]}").replace("F", "{destinationPorts: [1]}");
        assertThat(matches(yaml, WEB, SOURCE)).isEqualTo(expected);
    }

    private static boolean matches(String rules, @Nullable SpiffeId peer, InetAddress source) {
        Authorization policy = FileSource.parse("policies: [{name: p, rules: " + rules + "}]")
                .policies()
                .getFirst();
        return policy.matches(new ConnectionFacts(peer, source, DESTINATION, PORT));
    }
}
