package dev.culvert.waypoint.policy;

import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.policy.jwt.Claims;
import dev.culvert.waypoint.policy.path.HostName;
import dev.culvert.waypoint.policy.path.PathReadings;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is known of a request, or of a connection that is no HTTP, while it is judged.
///
/// Confined to the loop of its exchange, and made anew whenever the head was changed. What has
/// to be worked out is
/// worked out once, when the first rule asks for it.
final class Facts {
    /// Stands in policies for the mesh's own trust domain, whatever that is called.
    private static final String OWN_TRUST_DOMAIN = "cluster.local";

    private final PolicyEnvironment environment;
    private final Client client;
    private final @Nullable RequestHead head;
    private final Claims claims;
    private final String serverName;
    private @Nullable List<String> principals;
    private @Nullable List<String> hosts;
    private @Nullable List<String> paths;
    private @Nullable InetAddress remoteAddress;

    private Facts(
            PolicyEnvironment environment,
            Client client,
            @Nullable RequestHead head,
            Claims claims,
            String serverName) {
        this.environment = environment;
        this.client = client;
        this.head = head;
        this.claims = claims;
        this.serverName = serverName;
    }

    static Facts ofRequest(PolicyEnvironment environment, Client client, RequestHead head, Claims claims) {
        return new Facts(environment, client, head, claims, "");
    }

    static Facts ofConnection(PolicyEnvironment environment, Client client, String serverName) {
        return new Facts(environment, client, null, Claims.NONE, serverName);
    }

    Client client() {
        return client;
    }

    Claims claims() {
        return claims;
    }

    String serverName() {
        return serverName;
    }

    /// Only of a request; rules for connections are compiled without whatever asks for it.
    RequestHead head() {
        if (head == null) {
            throw new IllegalStateException("a connection without HTTP was asked for its head");
        }
        return head;
    }

    SpiffeId identity() {
        return client.identity();
    }

    /// The trust domains that the client's counts as.
    Set<String> trustDomains() {
        String own = identity().trustDomain();
        if (!environment.trustDomains().contains(own)) {
            return Set.of(own);
        }
        return Stream.concat(Stream.of(OWN_TRUST_DOMAIN), environment.trustDomains().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The client's identity without its scheme, once for each of its trust domains.
    List<String> principals() {
        if (principals == null) {
            String path =
                    identity().principal().substring(identity().trustDomain().length());
            principals = trustDomains().stream().map(domain -> domain + path).toList();
        }
        return principals;
    }

    List<String> hosts() {
        if (hosts == null) {
            hosts = HostName.readings(head().authority());
        }
        return hosts;
    }

    /// The path, then how else it might be read.
    List<String> paths() {
        if (paths == null) {
            paths = PathReadings.of(head().path());
        }
        return paths;
    }

    InetAddress sourceAddress() {
        return client.address().getAddress();
    }

    InetAddress destinationAddress() {
        return client.destination().getAddress();
    }

    InetAddress remoteAddress() {
        if (remoteAddress == null) {
            remoteAddress = RemoteAddress.of(client, head(), environment.trustedProxies());
        }
        return remoteAddress;
    }
}
