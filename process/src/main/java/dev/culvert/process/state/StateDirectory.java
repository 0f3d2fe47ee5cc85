package dev.culvert.process.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory of small private files: mode 0700, its files 0600, each written whole or not at all.
///
/// Thread-safe: it holds no state but its path, and the file system orders the renames. What it
/// reads and opens it checks first, so that a key which others could have read is refused and not
/// used.
public final class StateDirectory {
    private static final Set<PosixFilePermission> DIRECTORY_MODE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-------");
    private static final String TEMPORARY_PREFIX = ".new-";
    private static final long MAX_FILE_BYTES = 1 << 20;

    private final Path path;

    private StateDirectory(Path path) {
        this.path = path;
    }

    /// Opens the directory at `path`, making it (and its parents) when it is not there.
    ///
    /// @throws IOException when group or others have any access to it, or it belongs to another
    ///     user
    public static StateDirectory open(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(absolute, mode(DIRECTORY_MODE));
        } catch (FileAlreadyExistsException _) {
            check(absolute, "chmod 700 ");
        }
        if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(absolute + " is no directory; it should hold the state of the control plane");
        }
        return new StateDirectory(absolute);
    }

    /// The directory `name` inside this one, made when it is not there.
    public StateDirectory child(String name) throws IOException {
        return open(resolve(name));
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// The content of file `name`, or null when there is none.
    ///
    /// @throws IOException when group or others may read or write it, or it belongs to another user
    public byte @Nullable [] read(String name) throws IOException {
        Path file = resolve(name);
        try {
            check(file, "chmod 600 ");
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IOException(file + " holds more than " + MAX_FILE_BYTES + " bytes; it is not a file of ours");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    /// Makes `content` the content of file `name`: after this returns it survives a crash, and
    /// before it a reader sees the old content.
    public void write(String name, byte[] content) throws IOException {
        Path file = resolve(name);
        Path temporary = Files.createTempFile(path, TEMPORARY_PREFIX, "", mode(FILE_MODE));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        syncDirectory();
    }

    /// Removes file `name`; false when there was none.
    public boolean delete(String name) throws IOException {
        boolean existed = Files.deleteIfExists(resolve(name));
        syncDirectory();
        return existed;
    }

    /// Names of the files, in order; what a crash left half-written is not among them.
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(TEMPORARY_PREFIX))
                    .sorted()
                    .toList();
        }
    }

    private Path resolve(String name) {
        if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("'" + name + "' is no name for a file of the state directory");
        }
        return path.resolve(name);
    }

    private void syncDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static void check(Path path, String remedy) throws IOException {
        PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
            throw new IOException(path + " is a symbolic link; name the place itself");
        }
        for (PosixFilePermission permission : found.permissions()) {
            if (!DIRECTORY_MODE.contains(permission)) {
                throw new IOException(path + " is open to its group or to others ("
                        + PosixFilePermissions.toString(found.permissions())
                        + "); it holds secrets. Replace the secrets"
                        + " if others use this machine, then run: " + remedy + path);
            }
        }
        int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        int self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (owner != self && owner != 0) {
            throw new IOException(path + " belongs to user " + owner + ", and we run as user " + self
                    + "; whoever owns it could replace our keys");
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(Set<PosixFilePermission> permissions) {
        return PosixFilePermissions.asFileAttribute(permissions);
    }
}
