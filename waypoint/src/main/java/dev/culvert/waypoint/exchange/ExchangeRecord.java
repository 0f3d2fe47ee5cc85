package dev.culvert.waypoint.exchange;

import dev.culvert.api.SpiffeId;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What metrics, logs and spans can tell of one exchange, HTTP or opaque. Filled while it goes on,
/// read when it has ended.
///
/// Confined to the event loop of the exchange. Fields are plain on purpose: they are written once
/// each, in the order of the phases. Times are of [System#nanoTime] and 0 when the moment never
/// came.
public final class ExchangeRecord {
    public final Instant began = Instant.now();
    public final long startNanos = System.nanoTime();
    public final Client client;
    /// `HTTP/1.1`, `HTTP/2` and so on; `TCP` for what is opaque.
    public final String protocol;

    /// Of the service that was addressed; empty for a workload.
    public String serviceHostname = "";

    public String serviceName = "";
    public String serviceNamespace = "";
    public int port;

    // The request as it came, before anything was changed. Null for what is opaque.
    public @Nullable RequestHead request;
    public String method = "";
    public String originalTarget = "";
    public String authority = "";
    public boolean grpc;
    /// What TLS inside asks for; empty when nothing is known of it.
    public String serverName = "";

    public long requestBytes;
    public long requestHeaderBytes;
    public long requestEndNanos;
    public long requestMessages;

    // Who served it.
    public String routeName = "";
    public String cluster = "";
    public @Nullable InetSocketAddress upstreamHost;
    public @Nullable SocketAddress upstreamLocal;
    public @Nullable WorkloadInfo upstreamWorkload;
    public @Nullable SpiffeId upstreamIdentity;
    /// Whether the endpoint was reached through a tunnel.
    public boolean upstreamTunnel;

    public int attempts;
    public long upstreamSentNanos;
    public long upstreamHeadNanos;
    public String upstreamFailure = "";

    // The answer.
    public int status;
    public @Nullable HttpHeaders responseHeaders;
    public @Nullable HttpHeaders responseTrailers;
    /// Of gRPC; -1 when there is none.
    public int grpcStatus = -1;

    public long responseBytes;
    public long responseHeaderBytes;
    public long responseMessages;
    public long responseHeadNanos;
    public long endNanos;
    /// Envoy's short words, none twice.
    public final List<String> flags = new ArrayList<>(1);
    /// Who answered: `via_upstream`, or what decided otherwise.
    public String details = "";

    /// Of an opaque connection that was closed.
    public String terminationDetails = "";

    /// The observer's own, from `began` to `ended`.
    public @Nullable Object observation;

    public ExchangeRecord(Client client, String protocol) {
        this.client = client;
        this.protocol = protocol;
    }

    /// Keeps what the client asked for, before anything of it is changed.
    public void describe(RequestHead head) {
        request = head;
        method = head.method();
        originalTarget = head.target();
        authority = head.authority();
        grpc = head.isGrpc();
        requestHeaderBytes = method.length() + originalTarget.length() + authority.length() + size(head.headers());
    }

    /// Names and values together.
    public static long size(HttpHeaders headers) {
        long sum = 0;
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            sum += field.getKey().length() + field.getValue().length();
        }
        return sum;
    }

    /// Adds a flag that is not there yet.
    public void flag(String flag) {
        if (!flag.isEmpty() && !flag.equals("-") && !flags.contains(flag)) {
            flags.add(flag);
        }
    }

    /// The flags as metrics and logs tell them; `-` for none.
    public String flagText() {
        return flags.isEmpty() ? "-" : String.join(",", flags);
    }

    /// Whether it is no HTTP.
    public boolean isOpaque() {
        return protocol.equals("TCP");
    }
}
