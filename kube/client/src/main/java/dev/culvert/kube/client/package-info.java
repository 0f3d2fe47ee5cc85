/// The Kubernetes API server behind the interfaces of kube-model. The only user of fabric8: its types end
/// here.
///
/// A source owns one thread, `api-server`, to which the client's own threads post; writes block their caller.
/// It may use kube-model and fabric8's core client.
@NullMarked
package dev.culvert.kube.client;

import org.jspecify.annotations.NullMarked;
