/// Who the two ends of a tunnel are: our certificate, the check of the peer's, and the TLS that joins them.
///
/// Certificates are immutable; `TlsContexts` is thread-safe, as the loops of one process share its contexts; the
/// rest is confined to a connection's loop. The package may use the wire contract, `hbone` for limits and
/// failures, and Netty's TLS on BoringSSL.
@NullMarked
package dev.culvert.hbone.tls;

import org.jspecify.annotations.NullMarked;
