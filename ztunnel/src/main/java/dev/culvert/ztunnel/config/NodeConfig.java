package dev.culvert.ztunnel.config;

import org.jspecify.annotations.Nullable;

/// Who and where this process is.
///
/// @param nodeName `NODE_NAME`; null makes every workload count as local
/// @param podName `POD_NAME`; with the next two it makes the process's own identity
/// @param podNamespace `POD_NAMESPACE`
/// @param serviceAccount `SERVICE_ACCOUNT`
/// @param trustDomain `TRUST_DOMAIN`, default `cluster.local`; of our own identity alone, workloads bring theirs
/// @param instanceIp `INSTANCE_IP`, default `1.1.1.1`; goes into the xDS node id
/// @param network `NETWORK`, default empty
/// @param clusterId `ISTIO_META_CLUSTER_ID`, else `CLUSTER_ID`, default `Kubernetes`
/// @param clusterDomain `CLUSTER_DOMAIN`, default `cluster.local`
/// @param version `ISTIO_META_ISTIO_VERSION`, default `unknown`; the tag of `istio_build`
public record NodeConfig(
        @Nullable String nodeName,
        @Nullable String podName,
        @Nullable String podNamespace,
        @Nullable String serviceAccount,
        String trustDomain,
        String instanceIp,
        String network,
        String clusterId,
        String clusterDomain,
        String version) {}
