/// L4 authorization: policies as trees of matchers, and the one place that judges a connection by them.
///
/// Everything is immutable and pure: facts and policies in, verdict out; any thread may judge. What a policy
/// names is compared with what TLS and the socket say, never with a header. The package uses
/// `dev.culvert.mesh.model` and `dev.culvert.api`; it knows neither the snapshot nor the wire.
@NullMarked
package dev.culvert.mesh.authz;

import org.jspecify.annotations.NullMarked;
