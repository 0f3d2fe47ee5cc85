package dev.culvert.ztunnel.pod;

/// The answer to a [PodEvent]. Immutable.
public sealed interface PodAnswer {
    /// It is done.
    record Done() implements PodAnswer {}

    /// It could not be done now; for an [PodEvent.Add] it is tried again every few seconds.
    record Failed(String why) implements PodAnswer {}

    /// The event must not come at this point. A source across a socket cannot go on after that: what it says next
    /// may be wrong as well.
    record OutOfOrder(String why) implements PodAnswer {}
}
