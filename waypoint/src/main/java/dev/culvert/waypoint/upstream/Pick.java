package dev.culvert.waypoint.upstream;

/// What came of a choice. Immutable.
public sealed interface Pick {

    /// An endpoint; the lease is to be closed once the request or connection has ended.
    record Chosen(Lease lease) implements Pick {}

    /// There is none to choose.
    ///
    /// @param reason for a log: what there is, and why none will do
    record NoEndpoint(String reason) implements Pick {}

    /// A limit of the cluster is reached.
    ///
    /// @param limit its name in the DestinationRule, and its value
    record Overflow(String limit) implements Pick {}
}
