/// Status of resources: what the control plane says back to those who wrote them.
///
/// One thread, `status`, writes; anybody may hand it what to say. A condition is written only when it says
/// something new. It may use kube-model, policy's verdicts.
@NullMarked
package dev.culvert.controlplane.status;

import org.jspecify.annotations.NullMarked;
