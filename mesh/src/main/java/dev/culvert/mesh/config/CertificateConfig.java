package dev.culvert.mesh.config;

import java.time.Duration;

/// Where certificates come from.
///
/// @param server the certificate authority; it is sent the token of [XdsConfig]
/// @param lifetime `SECRET_TTL`, default 24 hours: what is asked for, the authority may give less
public record CertificateConfig(ServerConfig server, Duration lifetime) {}
