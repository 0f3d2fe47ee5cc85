package dev.culvert.process;

/// What a process has once, whichever of our parts run in it. Immutable; each part says how it may be used.
///
/// @param http serves every port of ours; closed by who made it
/// @param drain the end of the process; a part of ours joins it
/// @param ending how a part asks for the end
public record ProcessParts(
        Logs logs, Metrics metrics, HttpEndpoint http, Readiness readiness, Drain drain, Ending ending) {
    /// Asks that the process end; to be called from any thread, and any number of times. Must not wait.
    public interface Ending {
        /// Somebody wants it so: drain, then exit with 0.
        void requested(String by);

        /// It cannot go on: drain, then exit with 1.
        void failed(String why);
    }
}
