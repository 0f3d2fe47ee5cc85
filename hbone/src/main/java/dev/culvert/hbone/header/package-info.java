/// Header fields of a CONNECT as values: text to value and back.
///
/// Everything here is immutable, pure and may be used from any thread. What comes from the wire is parsed by
/// `tryParse` and never throws; what we print is exactly what Istio's proxies print. Nothing here looks up a
/// name. The package may use the wire contract and Netty's address parsing, nothing else of ours.
@NullMarked
package dev.culvert.hbone.header;

import org.jspecify.annotations.NullMarked;
