/// Applications and clients of HTTP and gRPC for the pods of a lab.
///
/// Servers run on event loops of their own; clients block the thread that asks, on virtual threads for a deadline.
/// The package may use Netty, grpc-java and the sockets of [dev.culvert.testkit.netns].
@NullMarked
package dev.culvert.testkit.http;

import org.jspecify.annotations.NullMarked;
