/// The keys that token issuers publish: fetched, kept fresh, and handed to the derivation.
///
/// Virtual threads, one for each address, fetch and wait; one event loop, `jwks-N`, does their I/O. What they
/// find is told to whoever asked, who takes it to his own thread. It may use `gateway`'s values, kube-model for
/// reading JSON, process and Netty.
@NullMarked
package dev.culvert.controlplane.keys;

import org.jspecify.annotations.NullMarked;
