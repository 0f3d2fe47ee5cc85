/// DNS in each pod: queries to port 15053 go on to the nameservers of this process, and answers come back unchanged.
///
/// Everything of one pod is confined to one event loop. A query holds a socket of its own, with a port and an id
/// that nobody can guess, for five seconds at most; how many there are at once is bounded. It may use `sockets`
/// and `config`; only `pod` and the assembly use it.
@NullMarked
package dev.culvert.ztunnel.dns;

import org.jspecify.annotations.NullMarked;
