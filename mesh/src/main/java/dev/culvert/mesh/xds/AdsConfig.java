package dev.culvert.mesh.xds;

import dev.culvert.mesh.channel.ControlPlane;

/// What the discovery client needs to know.
///
/// Immutable.
///
/// @param onDemand whether addresses are asked for one by one, when first needed, instead of all at once
public record AdsConfig(ControlPlane server, AdsNode node, boolean onDemand) {}
