package dev.culvert.mesh.telemetry;

import dev.culvert.process.LogFields;
import dev.culvert.process.LogLevel;
import dev.culvert.process.LogLine;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/// One line of the access log, with Istio's field names in Istio's order. Immutable, so that the `log`
/// thread may format what a loop has made. What is not known is the empty text, and left out of the line.
public sealed interface AccessLogEntry extends LogLine {
    @Override
    default String target() {
        return AccessLogWriter.TARGET;
    }

    /// One end of a connection.
    ///
    /// @param workload name of the pod
    /// @param identity SPIFFE id; only of a connection in mutual TLS
    record End(InetSocketAddress address, String workload, String namespace, String identity, String cluster) {
        /// An end of which only the address is known.
        public static End at(InetSocketAddress address) {
            return new End(address, "", "", "", "");
        }

        private void names(String prefix, LogFields out) {
            known(out, prefix + ".workload", workload);
            known(out, prefix + ".namespace", namespace);
            known(out, prefix + ".identity", identity);
            known(out, prefix + ".cluster", cluster);
        }
    }

    /// Who is connected to whom.
    ///
    /// @param to what is dialled; inbound, what was connected to
    /// @param authority of the CONNECT, or the empty text
    /// @param service host name that was addressed, or the empty text
    record Route(Reporter reporter, End from, End to, String authority, String service) {
        private void fields(LogFields out) {
            address(out, "src.addr", from.address());
            from.names("src", out);
            address(out, "dst.addr", to.address());
            if (!authority.isEmpty()) {
                out.bare("dst.hbone_addr", authority);
            }
            known(out, "dst.service", service);
            to.names("dst", out);
            out.text("direction", reporter.direction());
        }
    }

    /// It is decided where a connection goes.
    record Opened(Instant time, Route route) implements AccessLogEntry {
        @Override
        public LogLevel level() {
            return LogLevel.DEBUG;
        }

        @Override
        public String message() {
            return "connection opened";
        }

        @Override
        public void fields(LogFields out) {
            route.fields(out);
        }
    }

    /// A connection has ended.
    ///
    /// @param fromClient bytes from the client to the server
    /// @param fromServer bytes from the server to the client
    /// @param error why it failed, or the empty text
    record Completed(Instant time, Route route, long fromClient, long fromServer, Duration duration, String error)
            implements AccessLogEntry {
        @Override
        public LogLevel level() {
            return error.isEmpty() ? LogLevel.INFO : LogLevel.ERROR;
        }

        @Override
        public String message() {
            return "connection complete";
        }

        @Override
        public void fields(LogFields out) {
            route.fields(out);
            boolean outbound = route.reporter() == Reporter.SOURCE;
            out.number("bytes_sent", outbound ? fromClient : fromServer);
            out.number("bytes_recv", outbound ? fromServer : fromClient);
            out.text("duration", duration.toMillis() + "ms");
            known(out, "error", error);
        }
    }

    /// A connection was refused before it was decided where it goes.
    record Failed(Instant time, Reporter reporter, InetSocketAddress from, InetSocketAddress to, String error)
            implements AccessLogEntry {
        @Override
        public LogLevel level() {
            return LogLevel.WARN;
        }

        @Override
        public String message() {
            return "connection failed";
        }

        @Override
        public void fields(LogFields out) {
            address(out, "src.addr", from);
            address(out, "dst.addr", to);
            out.text("direction", reporter.direction());
            known(out, "error", error);
        }
    }

    private static void address(LogFields out, String name, InetSocketAddress address) {
        out.bare(name, NetUtil.toSocketAddressString(address));
    }

    private static void known(LogFields out, String name, String value) {
        if (!value.isEmpty()) {
            out.text(name, value);
        }
    }
}
