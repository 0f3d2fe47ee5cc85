package dev.culvert.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One end of a connected unix socket of type SEQPACKET: whole messages, with descriptors attached.
///
/// Used from platform threads: sending and receiving block in native calls. One thread may send
/// while another receives; [#close()] may be called by any and wakes both.
public final class SeqPacketSocket implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSGHDR_SIZE = 56;
    private static final int CMSG_HEADER = 16;
    private static final int MAX_DESCRIPTORS = 16;
    private static final int CONTROL_SIZE = CMSG_HEADER + 4 * MAX_DESCRIPTORS;

    private final Fd fd;
    private final Duration sendTimeout;

    SeqPacketSocket(Fd fd, Duration sendTimeout) {
        this.fd = fd;
        this.sendTimeout = sendTimeout;
    }

    /// Connects to the server that listens at `path`. A send that cannot proceed for `sendTimeout`
    /// fails with EAGAIN.
    public static SeqPacketSocket connect(Path path, Duration sendTimeout) throws LinuxException {
        Fd fd = UnixAddress.socket();
        byte[] address = UnixAddress.of(path);
        try {
            Libc.checked(
                    Libc.connect(fd.number(), address, address.length),
                    "connect(\"" + path + "\")",
                    "see that the server runs and that its directory is shared with this process");
            return new SeqPacketSocket(fd, sendTimeout);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /// Sends one message, with copies of `descriptors` attached; they stay the caller's.
    public void send(byte[] message, List<Fd> descriptors) throws LinuxException {
        if (descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("more than " + MAX_DESCRIPTORS + " descriptors in a message");
        }
        try (Memory memory = new Memory(MSGHDR_SIZE + 16L + CONTROL_SIZE + Math.max(1, message.length))) {
            memory.clear();
            Pointer data = memory.share(MSGHDR_SIZE + 16L + CONTROL_SIZE);
            data.write(0, message, 0, message.length);
            header(memory, data, message.length, descriptors.isEmpty() ? 0 : controlSpace(descriptors.size()));
            writeControl(memory.share(MSGHDR_SIZE + 16L), descriptors);
            fd.with(n -> sendNow(n, memory));
        }
    }

    private int sendNow(int number, Memory memory) throws LinuxException {
        long deadline = System.nanoTime() + sendTimeout.toNanos();
        while (Libc.sendmsg(number, memory, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT) < 0) {
            Errno errno = Libc.errno();
            boolean full = errno.equals(Errno.EAGAIN);
            if (!full && !errno.equals(Errno.EINTR)) {
                throw new LinuxException("sendmsg", errno, "");
            }
            if (full && !Poll.await(number, Libc.POLLOUT, deadline)) {
                throw new LinuxException("sendmsg", errno, "the other side has read nothing for " + sendTimeout);
            }
        }
        return number;
    }

    /// Waits for one message of at most `limit` bytes, for at most `timeout`.
    public Received receive(int limit, Duration timeout) throws LinuxException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (fd.isClosed()) {
            return new Received.Ended();
        }
        return fd.with(n -> {
            while (Poll.await(n, Libc.POLLIN, deadline)) {
                Received received = receiveNow(n, limit);
                if (!(received instanceof Received.Silence)) {
                    return received;
                }
            }
            return new Received.Silence();
        });
    }

    private Received receiveNow(int number, int limit) throws LinuxException {
        try (Memory memory = new Memory(MSGHDR_SIZE + 16L + CONTROL_SIZE + limit)) {
            memory.clear();
            Pointer data = memory.share(MSGHDR_SIZE + 16L + CONTROL_SIZE);
            header(memory, data, limit, CONTROL_SIZE);
            long length = Libc.recvmsg(number, memory, Libc.MSG_DONTWAIT | Libc.MSG_CMSG_CLOEXEC);
            if (length < 0) {
                Errno errno = Libc.errno();
                if (errno.equals(Errno.EAGAIN) || errno.equals(Errno.EINTR)) {
                    return new Received.Silence();
                }
                if (errno.equals(Errno.ECONNRESET)) {
                    return new Received.Ended();
                }
                throw new LinuxException("recvmsg", errno, "");
            }
            List<Fd> descriptors = readControl(memory.share(MSGHDR_SIZE + 16L), memory.getLong(40));
            return outcome(data, (int) length, memory.getInt(48), descriptors);
        }
    }

    private static Received outcome(Pointer data, int length, int flags, List<Fd> descriptors) {
        if ((flags & (Libc.MSG_TRUNC | Libc.MSG_CTRUNC)) != 0) {
            descriptors.forEach(Fd::close);
            return new Received.Truncated();
        }
        if (length == 0) {
            descriptors.forEach(Fd::close);
            return new Received.Ended();
        }
        return new Received.Packet(data.getByteArray(0, length), descriptors);
    }

    /// Fills the `msghdr` at the start of `memory`, its one `iovec` right after it, control data
    /// after that.
    private static void header(Memory memory, Pointer data, long length, long controlLength) {
        Pointer vector = memory.share(MSGHDR_SIZE);
        vector.setPointer(0, data);
        vector.setLong(8, length);
        memory.setPointer(16, vector);
        memory.setLong(24, 1);
        if (controlLength > 0) {
            memory.setPointer(32, memory.share(MSGHDR_SIZE + 16L));
            memory.setLong(40, controlLength);
        }
    }

    private static long controlSpace(int descriptors) {
        return CMSG_HEADER + (4L * descriptors + 7) / 8 * 8;
    }

    private static void writeControl(Pointer control, List<Fd> descriptors) {
        if (descriptors.isEmpty()) {
            return;
        }
        control.setLong(0, CMSG_HEADER + 4L * descriptors.size());
        control.setInt(8, SOL_SOCKET);
        control.setInt(12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.setInt(CMSG_HEADER + 4L * i, descriptors.get(i).number());
        }
    }

    private static List<Fd> readControl(Pointer control, long length) {
        List<Fd> descriptors = new ArrayList<>();
        long at = 0;
        while (at + CMSG_HEADER <= length) {
            long size = control.getLong(at);
            if (size < CMSG_HEADER || at + size > length) {
                break;
            }
            if (control.getInt(at + 8) == SOL_SOCKET && control.getInt(at + 12) == SCM_RIGHTS) {
                for (long p = at + CMSG_HEADER; p + 4 <= at + size; p += 4) {
                    descriptors.add(Fd.own(control.getInt(p)));
                }
            }
            at += (size + 7) / 8 * 8;
        }
        return descriptors;
    }

    /// True once [#close()] was called on this end.
    public boolean isClosed() {
        return fd.isClosed();
    }

    @Override
    public void close() {
        UnixAddress.shutdownAndClose(fd);
    }
}
