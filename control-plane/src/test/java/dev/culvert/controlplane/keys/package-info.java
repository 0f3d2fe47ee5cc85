/// Tests of fetching keys: over loopback, from servers that misbehave.
///
/// Each test owns its server and its client; they run on the test's thread and on virtual ones. They may use
/// the JDK's HTTP server.
@NullMarked
package dev.culvert.controlplane.keys;

import org.jspecify.annotations.NullMarked;
