package dev.culvert.ztunnel.config;

/// Level and form of log lines.
///
/// @param levels `RUST_LOG`, default `info`: a list of `level` and `target=level`
/// @param json `LOG_FORMAT` is `json`; default plain
/// @param policyDecisionsAtInfo `AUTHZ_POLICY_INFO_LOGGING`, default false: log policy decisions at info, not debug
public record LogConfig(String levels, boolean json, boolean policyDecisionsAtInfo) {}
