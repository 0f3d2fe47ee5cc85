package dev.culvert.ztunnel.config;

/// Which pods this process serves (`PROXY_MODE`, default `shared`).
public sealed interface ProxyMode {
    /// All enrolled pods of the node, as the node agent names them.
    record Shared() implements ProxyMode {}

    /// One workload, in the network namespace that the process itself is in.
    ///
    /// @param namespace from `PROXY_WORKLOAD_INFO`, which is `namespace/name/serviceaccount`
    record Dedicated(String namespace, String name, String serviceAccount) implements ProxyMode {}
}
