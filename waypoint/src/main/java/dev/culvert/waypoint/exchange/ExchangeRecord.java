package dev.culvert.waypoint.exchange;

import dev.culvert.api.SpiffeId;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is to be told of one request, or of one opaque connection, gathered while it runs.
///
/// Confined to the loop of its exchange: fields are plain, written by whoever learns of them, and read when it has
/// ended.
/// Times are of [System#nanoTime]; 0 where it did not come to that. Texts are empty where nothing is known.
public final class ExchangeRecord {
    /// Who asked.
    public final Client client;
    /// Our end of the tunnel.
    public final InetSocketAddress local;
    /// `HTTP/1.1`, `HTTP/2`, or `TCP` for an opaque connection.
    public final String protocol;
    /// When its first byte came.
    public final Instant start = Instant.now();
    public final long started = System.nanoTime();

    /// As it goes to the endpoint; null for an opaque connection.
    public @Nullable RequestHead request;
    /// Path and query as the client sent them.
    public String originalTarget = "";
    /// As it goes to the client.
    public @Nullable ResponseHead response;
    public @Nullable HttpHeaders responseTrailers;

    /// The service that the client addressed: namespace, host name, short name.
    public String serviceNamespace = "";
    public String serviceHost = "";
    public String serviceName = "";
    /// Where it was sent: name of the cluster with port and subset, as Envoy writes them
    /// (`inbound-vip|80|http|web.shop.svc.cluster.local`).
    public String cluster = "";
    public String routeName = "";
    public @Nullable WorkloadInfo endpoint;
    public @Nullable SpiffeId endpointIdentity;
    public @Nullable InetSocketAddress endpointAddress;
    public @Nullable InetSocketAddress upstreamLocal;
    /// Whether it went to the endpoint by a tunnel.
    public boolean mutualTls = true;

    public long requestEnded;
    public long upstreamFirstByte;
    public long ended;
    /// Of bodies; of an opaque connection all bytes from and to the client.
    public long bytesReceived;
    public long bytesSent;
    /// Of heads and trailers, about.
    public long headBytesReceived;
    public long headBytesSent;
    /// Length-prefixed messages of a call of gRPC.
    public long requestMessages;
    public long responseMessages;
    /// Tries of the upstream.
    public int attempts;

    /// Of HTTP; 0 when no answer was given.
    public int status;
    /// Of gRPC; -1 when it was no call of gRPC, or ended without one.
    public int grpcStatus = -1;
    /// Envoy's response flags, joined by commas; `-` for none.
    public String flags = "-";
    /// Why this answer, in a word.
    public String details = "";
    /// Why the connection was ended, when it was.
    public String terminationDetails = "";
    /// What the transport to the endpoint said.
    public String upstreamFailure = "";
    /// What policies that are not enforced would have said.
    public String shadow = "";
    /// The observer's own, from `begun` to `ended`.
    public @Nullable Object span;

    public ExchangeRecord(Client client, InetSocketAddress local, String protocol) {
        this.client = client;
        this.local = local;
        this.protocol = protocol;
    }

    /// Whether it is an opaque connection.
    public boolean isOpaque() {
        return protocol.equals("TCP");
    }

    /// Adds to the response flags.
    public void flag(String flag) {
        if (flags.equals("-")) {
            flags = flag;
        } else if (!flag.equals("-") && !flags.contains(flag)) {
            flags = flags + "," + flag;
        }
    }
}
