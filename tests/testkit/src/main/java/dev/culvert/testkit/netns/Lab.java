package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a lab leaves on the machine while it lives: namespaces and a directory, all under its name.
///
/// Thread-safe. [#clean] removes all of it, also what a killed owner left, with the processes inside the namespaces.
public final class Lab {
    static final Path NETNS_DIR = Path.of("/run/netns");
    private static final Path LABS = Path.of("/run/culvert-lab");

    private final String name;
    private final Path directory;
    private final List<String> namespaces = new CopyOnWriteArrayList<>();

    private Lab(String name) {
        this.name = name;
        this.directory = LABS.resolve(name);
    }

    /// A new lab; whatever an earlier one of this name left is removed first.
    public static Lab create(String name) {
        if (!name.matches("[a-z0-9]{1,12}")) {
            throw new IllegalArgumentException("lab name '" + name + "'; expected 1 to 12 of a-z and 0-9");
        }
        Lab lab = new Lab(name);
        lab.clean();
        try {
            Files.createDirectories(lab.directory);
            Files.writeString(
                    lab.directory.resolve("owner"), ProcessHandle.current().pid() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lab;
    }

    /// Removes what labs whose owners are dead left behind.
    public static void cleanAbandoned() {
        if (!Files.isDirectory(LABS)) {
            return;
        }
        try (Stream<Path> labs = Files.list(LABS)) {
            for (Path directory : labs.toList()) {
                Path owner = directory.resolve("owner");
                boolean alive = Files.exists(owner)
                        && ProcessHandle.of(
                                        Long.parseLong(Files.readString(owner).strip()))
                                .map(ProcessHandle::isAlive)
                                .orElse(false);
                if (!alive) {
                    new Lab(directory.getFileName().toString()).clean();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The lab's name.
    public String name() {
        return name;
    }

    /// A directory of this lab's own, gone after [#clean].
    public Path directory() {
        return directory;
    }

    /// Makes a namespace whose name ends in `suffix`, with loopback up.
    public String namespace(String suffix) {
        String namespace = prefix() + suffix;
        Shell.run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
        return namespace;
    }

    /// Removes one namespace and ends the processes in it.
    public void remove(String namespace) {
        killInside(namespace);
        Shell.attempt("ip", "netns", "del", namespace);
        namespaces.remove(namespace);
    }

    private String prefix() {
        return "culvert-" + name + "-";
    }

    /// Ends all processes in the lab's namespaces and removes namespaces, links, rules and files.
    public void clean() {
        List<String> left = left();
        left.forEach(Lab::killInside);
        for (String namespace : left) {
            Shell.attempt("ip", "netns", "del", namespace);
        }
        namespaces.clear();
        deleteTree(directory);
    }

    /// What a lab of this name has on the machine now: namespaces and its directory.
    public static List<String> leftOf(String name) {
        Lab lab = new Lab(name);
        List<String> found = new ArrayList<>(lab.left());
        if (Files.exists(lab.directory)) {
            found.add(lab.directory.toString());
        }
        return found;
    }

    /// The lab's namespaces that are on the machine now.
    public List<String> left() {
        List<String> found = new ArrayList<>();
        for (String line : Shell.run("ip", "netns", "list").split("\n", -1)) {
            String namespace = line.split(" ", 2)[0];
            if (namespace.startsWith(prefix())) {
                found.add(namespace);
            }
        }
        return found;
    }

    private static void killInside(String namespace) {
        String own = Long.toString(ProcessHandle.current().pid());
        for (int round = 0; round < 50; round++) {
            Shell.Result pids = Shell.attempt("ip", "netns", "pids", namespace);
            List<String> others = Stream.of(pids.out().split("\\s+", -1))
                    .filter(pid -> !pid.isEmpty() && !pid.equals(own))
                    .toList();
            if (others.isEmpty()) {
                return;
            }
            others.forEach(pid -> Shell.attempt("kill", "-KILL", pid));
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void deleteTree(@Nullable Path directory) {
        if (directory == null || !Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    try {
                        Files.deleteIfExists(visited);
                    } catch (FileSystemException stillUsed) {
                        // A process that was just ended may have written once more; the next clean finds it.
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
