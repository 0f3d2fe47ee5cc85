package dev.culvert.controlplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The file from which node proxies take the roots that they trust. Readable by all, since it is no
/// secret. Belongs to one thread at a time.
record RootFile(Path path) {
    /// Makes `pem` its content, as a whole.
    void write(String pem) throws IOException {
        Path absolute = path.toAbsolutePath();
        if (Files.exists(absolute)
                && Files.readString(absolute, StandardCharsets.UTF_8).equals(pem)) {
            return;
        }
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new IOException(absolute + " is no place for a file");
        }
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, ".root-cert", ".pem");
        try {
            Files.writeString(temporary, pem, StandardCharsets.UTF_8);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
