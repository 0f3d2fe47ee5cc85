package dev.culvert.bench;

import java.nio.file.Path;

/// What is between the client and the server. Immutable.
public sealed interface Topology {
    /// The column's head.
    String title();

    /// True when requests go through a waypoint.
    default boolean waypoint() {
        return false;
    }

    /// Nothing: the pods are not in the mesh.
    record Direct() implements Topology {
        @Override
        public String title() {
            return "direct";
        }
    }

    /// Our node process on both nodes.
    record Ours() implements Topology {
        @Override
        public String title() {
            return "culvert";
        }
    }

    /// Our node process on both nodes, and our waypoint, on the server's node, before the service.
    record Waypoint() implements Topology {
        @Override
        public String title() {
            return "culvert + waypoint";
        }

        @Override
        public boolean waypoint() {
            return true;
        }
    }

    /// The same with Envoy in place of our waypoint.
    record Envoy(Path binary) implements Topology {
        @Override
        public String title() {
            return "culvert + envoy waypoint";
        }

        @Override
        public boolean waypoint() {
            return true;
        }
    }

    /// Another node proxy on both nodes, with our agent and control plane.
    record Peer(Path binary) implements Topology {
        @Override
        public String title() {
            return "peer (" + binary.getFileName() + ")";
        }
    }
}
