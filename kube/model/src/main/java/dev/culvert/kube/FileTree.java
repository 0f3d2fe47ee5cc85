package dev.culvert.kube;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The manifest files below a directory at one moment: all that end in `.yaml`, `.yml` or `.json`; names that
/// begin with a dot are passed over, symbolic links are followed. Immutable once listed.
///
/// @param files       with what tells whether a file changed
/// @param directories all that were entered
/// @param failures    paths that could not be looked at, such as for want of permission
record FileTree(SortedMap<Path, Stamp> files, SortedSet<Path> directories, List<Path> failures) {
    private static final int MAX_DEPTH = 32;

    /// What changes when the content of a file does.
    record Stamp(FileTime modified, long size, @Nullable Object inode) {
        static Stamp of(BasicFileAttributes attributes) {
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }
    }

    /// Each directory is entered only after `entering` was called for it.
    static FileTree list(Path root, Entering entering) throws IOException {
        FileTree tree = new FileTree(new TreeMap<>(), new TreeSet<>(), new ArrayList<>());
        Set<FileVisitOption> options = EnumSet.of(FileVisitOption.FOLLOW_LINKS);
        Files.walkFileTree(root, options, MAX_DEPTH, tree.new Visitor(root, entering));
        return tree;
    }

    /// One file after a notice of it.
    ///
    /// @param stamp null when it is gone
    record Found(Path path, @Nullable Stamp stamp) {}

    /// The manifest files among `paths`; or null when one of those is more than a file, such as a directory or a link,
    /// behind which anything may have changed.
    static @Nullable List<Found> files(Set<Path> paths, Set<Path> directories) {
        List<Found> found = new ArrayList<>();
        for (Path path : new TreeSet<>(paths)) {
            try {
                BasicFileAttributes attributes =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!attributes.isRegularFile()) {
                    return null;
                }
                if (isManifest(path)) {
                    found.add(new Found(path, Stamp.of(attributes)));
                }
            } catch (NoSuchFileException _) {
                if (directories.contains(path)) {
                    return null;
                }
                found.add(new Found(path, null));
            } catch (IOException _) {
                return null;
            }
        }
        return found;
    }

    private static boolean isManifest(Path path) {
        String name = path.getFileName().toString();
        return !hidden(path) && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private static boolean hidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    /// Whether `path` stands below something that could not be looked at.
    boolean unseen(Path path) {
        return failures.stream().anyMatch(path::startsWith);
    }

    @FunctionalInterface
    interface Entering {
        void enter(Path directory) throws IOException;
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Entering entering;

        Visitor(Path root, Entering entering) {
            this.root = root;
            this.entering = entering;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (!directory.equals(root) && hidden(directory)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            entering.enter(directory);
            directories.add(directory);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isManifest(file) && attributes.isRegularFile()) {
                files.put(file, Stamp.of(attributes));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException why) {
            // A path that went away between listing and looking is simply gone.
            if (Files.exists(path)) {
                failures.add(path);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException why) {
            if (why != null) {
                failures.add(directory);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
