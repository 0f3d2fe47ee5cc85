package dev.culvert.waypoint.filter;

/// Where a request is sent. Immutable.
///
/// @param cluster its name, `namespace/hostname`
/// @param port of its service
/// @param subset of its DestinationRule; empty for all endpoints
public record BackendTarget(String cluster, int port, String subset) {}
