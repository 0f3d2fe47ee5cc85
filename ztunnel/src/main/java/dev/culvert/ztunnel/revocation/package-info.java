/// The file of revoked certificates: read at the start and whenever it changes.
///
/// It runs on a virtual thread of its own and hands each list to `hbone.tls`, which judges peers by it, those that
/// are connected among them. It may use `hbone.tls` alone.
@NullMarked
package dev.culvert.ztunnel.revocation;

import org.jspecify.annotations.NullMarked;
