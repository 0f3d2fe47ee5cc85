/// What the container runtime executes for each pod, and the enrolment rule that the agent shares.
///
/// One thread, the process's own; every value is immutable. Nothing but the JDK is used and few
/// classes are loaded, because this process starts once per pod and its start is part of the pod's.
/// Failures are [dev.culvert.plugin.CniError], which is what the runtime is told.
@NullMarked
package dev.culvert.plugin;

import org.jspecify.annotations.NullMarked;
