package dev.culvert.linux;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// An owned descriptor, closed once. Thread-safe, because a descriptor that is closed by one thread
/// while another passes its number to the kernel would hit whatever file has got the number since.
///
/// A call in progress holds the descriptor; [#close()] takes effect when the last such call is
/// over.
public final class Fd implements AutoCloseable {
    private final int number;
    private final AtomicInteger holds = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    private Fd(int number) {
        this.number = number;
    }

    /// Takes ownership of the descriptor `number`.
    public static Fd own(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("descriptor is " + number + "; expected 0 or more");
        }
        return new Fd(number);
    }

    /// Opens `path` for reading, closed on exec.
    public static Fd open(Path path) throws LinuxException {
        return own(Libc.checked(
                Libc.open(path.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC),
                "open(\"" + path + "\")",
                "see that it exists in this mount namespace"));
    }

    /// The descriptor's number, for a call that the owner makes while it is sure not to close it.
    ///
    /// @throws IllegalStateException when it is closed
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /// Gives the descriptor away: from now on the caller closes the number that is returned.
    ///
    /// @throws IllegalStateException when it is closed
    public int release() {
        if (!closed.compareAndSet(false, true)) {
            throw new IllegalStateException("descriptor " + number + " is closed");
        }
        return number;
    }

    /// A second descriptor of the same file, owned by the caller.
    public Fd dup() throws LinuxException {
        return with(n -> own(Libc.checked(
                Libc.fcntl(n, Libc.F_DUPFD_CLOEXEC, 0),
                "fcntl(" + n + ", F_DUPFD_CLOEXEC)",
                "raise the limit nofile")));
    }

    /// Device and inode of the file.
    public FileIdentity identity() throws LinuxException {
        return with(n -> Libc.identity(n, ""));
    }

    /// True once [#close()] or [#release()] was called.
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        close(_ -> {});
    }

    /// Closes the descriptor; `last` is given the number once more, when all others are refused it already. So a
    /// call in progress that `last` ends sees why it has ended.
    void close(IntConsumer last) {
        if (closed.compareAndSet(false, true)) {
            last.accept(number);
            drop();
        }
    }

    /// Runs `call` with the number, which stays open meanwhile whatever other threads do.
    <T> T with(Call<T> call) throws LinuxException {
        if (!hold()) {
            throw new LinuxException("use of descriptor " + number, Errno.EBADF, "");
        }
        try {
            return call.apply(number);
        } finally {
            drop();
        }
    }

    private boolean hold() {
        int n = holds.get();
        while (n > 0 && !closed.get()) {
            if (holds.compareAndSet(n, n + 1)) {
                return true;
            }
            n = holds.get();
        }
        return false;
    }

    private void drop() {
        if (holds.decrementAndGet() == 0) {
            Libc.close(number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number + (closed.get() ? " (closed)" : "");
    }

    /// A call that needs the number.
    @FunctionalInterface
    interface Call<T> {
        T apply(int number) throws LinuxException;
    }
}
