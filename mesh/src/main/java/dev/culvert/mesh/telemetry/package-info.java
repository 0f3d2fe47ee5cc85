/// What an operator sees of a proxy: its metrics under Istio's names, and one access-log line per connection.
///
/// Any thread counts and hands over lines, the loops among them: counters never wait, and lines are
/// formatted on the `log` thread. It may use `process` for the registry and the log, `mesh.model` and
/// `hbone.header` for what is known of workloads, and `mesh.xds` for its observer; nothing of the data
/// path.
@NullMarked
package dev.culvert.mesh.telemetry;

import org.jspecify.annotations.NullMarked;
