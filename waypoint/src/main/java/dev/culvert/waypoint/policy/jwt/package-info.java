/// RequestAuthentication: which token a request brings, whether its issuer signed it, and what
/// it claims.
///
/// Compiled rules are immutable and shared; a cache of verified tokens belongs to one event
/// loop, on which the check
/// of a signature (at most half a millisecond, once per token) is done too. JSON is read by a
/// strict reader of our
/// own; keys and RSA and EC signatures are Nimbus's, EdDSA is the JDK's. The package may use
/// `exchange` and nothing
/// else of the waypoint.
@NullMarked
package dev.culvert.waypoint.policy.jwt;

import org.jspecify.annotations.NullMarked;
