/// Scripted servers and peers, a test authority and the checks that every ring of tests shares.
///
/// Nothing here uses the code under test: servers and peers are written on the wire contract of `api`, so that a test
/// never proves our code by itself. Each class says which thread owns it. It may use `api` and `linux`.
@NullMarked
package dev.culvert.testkit;

import org.jspecify.annotations.NullMarked;
