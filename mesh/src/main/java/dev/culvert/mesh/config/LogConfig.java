package dev.culvert.mesh.config;

import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;

/// Level and form of log lines.
///
/// @param filter `RUST_LOG`, default `info`: a list of `level` and `target=level`
/// @param format `LOG_FORMAT`: `plain` (default) or `json`
/// @param policyDecisionsAtInfo `AUTHZ_POLICY_INFO_LOGGING`, default false: log policy decisions at
///     info, not debug
public record LogConfig(LogFilter filter, LogFormat format, boolean policyDecisionsAtInfo) {}
