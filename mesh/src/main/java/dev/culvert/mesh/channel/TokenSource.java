package dev.culvert.mesh.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where the bearer token of a call comes from; asked for each call, since tokens on disk are renewed.
///
/// Called on control threads; may read a file.
@FunctionalInterface
public interface TokenSource {
    /// The token, or null when none is to be sent.
    ///
    /// @throws IOException when it cannot be had; the call then fails
    @Nullable
    String token() throws IOException;

    /// The content of a file, without the white space around it.
    static TokenSource file(Path path) {
        return () -> {
            String token = Files.readString(path).strip();
            if (token.isEmpty()) {
                throw new IOException("token file " + path + " is empty");
            }
            // gRPC would print the bytes of a header that it cannot send
            if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IOException("token file " + path + " holds more than one token of visible characters");
            }
            return token;
        };
    }

    /// Always `token`.
    static TokenSource literal(String token) {
        return () -> token;
    }

    /// Calls go without.
    static TokenSource none() {
        return () -> null;
    }
}
