/// Who calls the control plane: bearer tokens, and the callers that they stand for.
///
/// Discovery and the certificate service share this. Everything here is thread-safe and runs on
/// gRPC's virtual threads, but for the watch of the token files, which has one of its own. It may
/// use `api` and `process`; it knows neither discovery nor certificates.
@NullMarked
package dev.culvert.controlplane.caller;

import org.jspecify.annotations.NullMarked;
