/// The `culvert` command: tokens for the control plane, and questions to a proxy's admin endpoint.
///
/// One thread, the main one; a command reads its arguments, does its work and gives an exit status.
/// It may use `api`, `process`, `kube` and picocli. The long-running processes are not here: the
/// launcher starts those from class paths of their own.
@NullMarked
package dev.culvert.cli;

import org.jspecify.annotations.NullMarked;
