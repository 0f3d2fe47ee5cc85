package dev.culvert.mesh.authz;

import dev.culvert.mesh.model.CidrBlock;

/// One value of a policy, compared with one attribute of a connection.
///
/// Immutable.
public sealed interface Matcher {
    /// Whether the connection has this value.
    boolean matches(ConnectionFacts facts);

    /// The namespace of the peer; without an identity it is the empty string.
    record Namespace(StringMatch value) implements Matcher {
        @Override
        public boolean matches(ConnectionFacts facts) {
            var peer = facts.peer();
            return value.matches(peer == null ? "" : peer.namespace());
        }
    }

    /// The peer's whole identity without its scheme; without an identity nothing matches.
    record Principal(StringMatch value) implements Matcher {
        @Override
        public boolean matches(ConnectionFacts facts) {
            var peer = facts.peer();
            return peer != null && value.matches(peer.principal());
        }
    }

    /// The peer's namespace and account, in whatever trust domain.
    record ServiceAccount(String namespace, String account) implements Matcher {
        @Override
        public boolean matches(ConnectionFacts facts) {
            var peer = facts.peer();
            return peer != null
                    && peer.namespace().equals(namespace)
                    && peer.serviceAccount().equals(account);
        }
    }

    /// The address that the connection comes from.
    record SourceIp(CidrBlock range) implements Matcher {
        @Override
        public boolean matches(ConnectionFacts facts) {
            return range.contains(facts.source());
        }
    }

    /// The address of the workload that is called.
    record DestinationIp(CidrBlock range) implements Matcher {
        @Override
        public boolean matches(ConnectionFacts facts) {
            return range.contains(facts.destination());
        }
    }

    /// The port that will be dialled.
    record DestinationPort(int port) implements Matcher {
        @Override
        public boolean matches(ConnectionFacts facts) {
            return facts.destinationPort() == port;
        }
    }
}
