package dev.culvert.ztunnel;

import dev.culvert.linux.Fd;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.NetnsThread;
import dev.culvert.linux.RawSockets;
import dev.culvert.linux.SocketOptions;

/// Finds out at start whether this process may do what serving pods needs. Without state.
final class SelfTest {
    private SelfTest() {}

    /// Enters a namespace, the process's own, and marks a socket that was made there.
    ///
    /// @param mark 0 for none
    /// @throws LinuxException saying what is missing
    static void run(NetnsThread thread, int mark) throws LinuxException {
        try (Fd socket = thread.call(thread.home(), () -> RawSockets.tcp(false))) {
            if (mark != 0) {
                SocketOptions.set(socket, SocketOptions.MARK, mark);
            }
        }
    }
}
