/// What an operator can set on the node agent, read once at start.
///
/// Immutable records. Names are Istio's where Istio has one; the rest begins with `CULVERT_`. May
/// use `process` and the enrolment rule of the plugin.
@NullMarked
package dev.culvert.agent.config;

import org.jspecify.annotations.NullMarked;
