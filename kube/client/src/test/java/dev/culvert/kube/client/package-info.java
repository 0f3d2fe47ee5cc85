/// Tests against a mock API server that keeps what it is given.
///
/// A source owns one thread, `api-server`, to which the client's own threads post; writes block their caller.
/// It may use kube-model and fabric8's core client.
@NullMarked
package dev.culvert.kube.client;

import org.jspecify.annotations.NullMarked;
