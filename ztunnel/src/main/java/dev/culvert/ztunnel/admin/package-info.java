/// What the process's HTTP endpoints serve: the configuration dump that istioctl reads, log levels, the end.
///
/// Handlers run on virtual threads of their own; they read published values and ask event loops by message. It may
/// use `pod`, `flow`, `connection`, `config` and the mesh's state; only the assembly uses it.
@NullMarked
package dev.culvert.ztunnel.admin;

import org.jspecify.annotations.NullMarked;
