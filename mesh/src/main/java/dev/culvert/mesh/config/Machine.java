package dev.culvert.mesh.config;

import java.nio.file.Path;

/// What the machine adds to the settings: the files that they name by relative paths, and its processors. Immutable.
///
/// @param directory where relative paths begin
/// @param resolvConf the system's nameservers
/// @param processors how many this process may use
public record Machine(Path directory, Path resolvConf, int processors) {
    /// This one.
    public static Machine here() {
        return new Machine(
                Path.of(""), Path.of("/etc/resolv.conf"), Runtime.getRuntime().availableProcessors());
    }
}
