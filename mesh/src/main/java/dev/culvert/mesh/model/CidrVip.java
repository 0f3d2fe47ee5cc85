package dev.culvert.mesh.model;

/// A range of virtual addresses of a service, within a network.
///
/// Immutable.
public record CidrVip(String network, CidrBlock range) {
    /// Whether `address` is in this network and range.
    public boolean contains(NetworkAddress address) {
        return network.equals(address.network()) && range.contains(address.address());
    }

    @Override
    public String toString() {
        return network + "/" + range;
    }
}
