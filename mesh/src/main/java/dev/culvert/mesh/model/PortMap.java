package dev.culvert.mesh.model;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Service ports and the target port of each; target 0 means "named: ask the endpoint".
///
/// Immutable, and as small as it can be, for there is one for each endpoint.
public final class PortMap {
    /// Highest legal port.
    public static final int MAX_PORT = 65_535;
    /// No ports at all.
    public static final PortMap NONE = new PortMap(new char[0], new char[0]);

    /// Ascending.
    private final char[] servicePorts;

    private final char[] targetPorts;

    private PortMap(char[] servicePorts, char[] targetPorts) {
        this.servicePorts = servicePorts;
        this.targetPorts = targetPorts;
    }

    /// The map with these entries.
    ///
    /// @throws IllegalArgumentException when a port is not 0 to 65535
    public static PortMap of(Map<Integer, Integer> targets) {
        if (targets.isEmpty()) {
            return NONE;
        }
        char[] from = new char[targets.size()];
        char[] to = new char[targets.size()];
        int i = 0;
        for (Map.Entry<Integer, Integer> entry : new TreeMap<>(targets).entrySet()) {
            from[i] = (char) checkPort("service port", entry.getKey());
            to[i++] = (char) checkPort("target port", entry.getValue());
        }
        return new PortMap(from, to);
    }

    /// `port`, when it is 0 to 65535.
    ///
    /// @throws IllegalArgumentException that names `what` otherwise
    public static int checkPort(String what, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    what + " is " + Integer.toUnsignedString(port) + "; expected 0 to " + MAX_PORT);
        }
        return port;
    }

    /// Whether there is an entry for `servicePort`, be its target known or 0.
    public boolean declares(int servicePort) {
        return indexOf(servicePort) >= 0;
    }

    /// The target of `servicePort`; 0 when it is named, or not declared at all.
    public int target(int servicePort) {
        int i = indexOf(servicePort);
        return i < 0 ? 0 : targetPorts[i];
    }

    /// Whether some service port leads to `targetPort`.
    public boolean hasTarget(int targetPort) {
        for (char target : targetPorts) {
            if (target == targetPort) {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return servicePorts.length == 0;
    }

    /// Service port to target port, ascending.
    public SortedMap<Integer, Integer> asMap() {
        SortedMap<Integer, Integer> map = new TreeMap<>();
        for (int i = 0; i < servicePorts.length; i++) {
            map.put((int) servicePorts[i], (int) targetPorts[i]);
        }
        return map;
    }

    private int indexOf(int servicePort) {
        if (servicePort < 0 || servicePort > MAX_PORT) {
            return -1;
        }
        return Arrays.binarySearch(servicePorts, (char) servicePort);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PortMap that
                && Arrays.equals(servicePorts, that.servicePorts)
                && Arrays.equals(targetPorts, that.targetPorts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(servicePorts) + Arrays.hashCode(targetPorts);
    }

    @Override
    public String toString() {
        return asMap().toString();
    }
}
