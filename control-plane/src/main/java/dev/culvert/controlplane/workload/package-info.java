/// Workloads and services as node proxies know them, made from pods, services, endpoints and entries.
///
/// Pure functions of immutable values, used on the `derive` thread. What belongs together (which service
/// selects which pod) is found by the caller; here it becomes messages, field by field. It may use
/// kube-model, config, the wire contract.
@NullMarked
package dev.culvert.controlplane.workload;

import org.jspecify.annotations.NullMarked;
