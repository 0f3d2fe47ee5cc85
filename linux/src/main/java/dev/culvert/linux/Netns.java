package dev.culvert.linux;

import java.nio.file.Path;

/// A network namespace, kept alive by the descriptor that it owns. Thread-safe.
///
/// To do something inside it, give it to [NetnsThread]; this class changes no thread.
public final class Netns implements AutoCloseable {
    private final Fd fd;
    private final FileIdentity identity;

    private Netns(Fd fd, FileIdentity identity) {
        this.fd = fd;
        this.identity = identity;
    }

    /// Takes ownership of `fd`, which must be of a network namespace; it is closed when this fails.
    public static Netns own(Fd fd) throws LinuxException {
        try {
            return new Netns(fd, fd.identity());
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /// The namespace that is mounted at `path`, such as `/var/run/netns/x` or `/proc/7/ns/net`.
    public static Netns open(Path path) throws LinuxException {
        return own(Fd.open(path));
    }

    /// The namespace of the process `pid`.
    public static Netns ofProcess(long pid) throws LinuxException {
        return open(Path.of("/proc/" + pid + "/ns/net"));
    }

    /// The namespace of the calling thread.
    public static Netns ofThisThread() throws LinuxException {
        return open(NetnsThread.SELF);
    }

    /// The descriptor; it stays this namespace's.
    public Fd fd() {
        return fd;
    }

    /// The same for every descriptor of this namespace, and for no other that is alive.
    public FileIdentity identity() {
        return identity;
    }

    /// The same namespace by a descriptor of its own.
    public Netns dup() throws LinuxException {
        return new Netns(fd.dup(), identity);
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "netns " + identity.inode();
    }
}
