/// The certificate authority: its root and key, the certificates that it signs, and the service
/// that proxies ask for them.
///
/// Runs on gRPC's virtual threads; everything here is immutable or thread-safe. It may use `api`,
/// `process`, the package `caller`, Bouncy Castle and gRPC. What it needs to know of pods it asks
/// through `NodePods`.
@NullMarked
package dev.culvert.controlplane.ca;

import org.jspecify.annotations.NullMarked;
