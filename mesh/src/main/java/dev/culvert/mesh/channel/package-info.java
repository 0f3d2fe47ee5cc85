/// The way to a control plane: gRPC over TLS with a token, for discovery and for certificates alike.
///
/// One event loop named `control` carries all of it; roots are read anew for each channel, tokens for each
/// call. The package knows no service that is called; it uses `dev.culvert.api` only.
@NullMarked
package dev.culvert.mesh.channel;

import org.jspecify.annotations.NullMarked;
