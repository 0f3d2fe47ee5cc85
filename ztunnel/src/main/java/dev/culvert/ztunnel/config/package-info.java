/// The configuration of a node proxy: one tree of records, parsed once from Istio's environment variables.
///
/// Everything here is immutable and may be read from any thread. Parsing reports all mistakes together and
/// touches nothing but the settings it is given and the small files they name. It may use `process` and `api`;
/// every other package of this module may use it.
@NullMarked
package dev.culvert.ztunnel.config;

import org.jspecify.annotations.NullMarked;
