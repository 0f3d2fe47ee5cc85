/// Speed, processor time and memory of the mesh, beside no mesh and beside a peer, in one run.
///
/// Programs with a `main`, used from a terminal and never by a test. Uses the testkit's lab and Debian's load
/// generators (iperf3, wrk, h2load, nginx).
@NullMarked
package dev.culvert.bench;

import org.jspecify.annotations.NullMarked;
