package dev.culvert.ztunnel.connection;

import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.header.Authority;
import io.netty.channel.ConnectTimeoutException;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Why a connection ended; each ends for exactly one. Immutable.
///
/// The variant is chosen where the cause is known. What the access log, the metrics and the peer of a tunnel are told
/// follows from it by [#flag()] and [#status()]; the text says what to check.
public sealed interface CloseReason {

    /// Whose doing it was.
    enum Origin {
        CLIENT,
        UPSTREAM,
        POLICY,
        MESH,
        OURSELVES
    }

    /// What happened, with names and values, for the log.
    String message();

    /// Both sides said all that they had to say, or left.
    record Finished() implements CloseReason {
        @Override
        public String message() {
            return "";
        }
    }

    /// The client left before there was anything to relay to.
    record ClientLeft() implements CloseReason {
        @Override
        public String message() {
            return "the client closed the connection before the upstream was connected";
        }
    }

    /// The pod's own workload is not known to the mesh.
    record UnknownPod(PodIdentity pod, Duration waited) implements CloseReason {
        @Override
        public String message() {
            return "no workload record of pod " + pod.workload() + " came within " + waited.toMillis()
                    + " ms; is the control plane reachable, and does it know this pod on this node?";
        }
    }

    /// The control plane did not say what it knows of something that the decision needs.
    record NotAnswered(String name, Duration waited) implements CloseReason {
        @Override
        public String message() {
            return "the control plane has not told of " + name + " within " + waited.toMillis()
                    + " ms; is it reachable?";
        }
    }

    /// The connection was addressed to a port of our own.
    record OwnPort(InetSocketAddress destination) implements CloseReason {
        @Override
        public String message() {
            return "destination " + text(destination) + " is a port of the node proxy itself; refused as a loop";
        }
    }

    /// A service has no endpoint that may be chosen.
    record NoEndpoint(String service, int port, String why) implements CloseReason {
        @Override
        public String message() {
            return "no healthy upstream for service " + service + " port " + port + ": " + why;
        }
    }

    /// A waypoint or network gateway that must be used is not known. It is never gone around.
    record NoGateway(String kind, String reference, String neededBy) implements CloseReason {
        @Override
        public String message() {
            return "unknown " + kind + " " + reference + " of " + neededBy + "; does it exist?";
        }
    }

    /// A waypoint or network gateway that must be used has no endpoint that may be chosen. It is never gone around.
    record NoGatewayEndpoint(String kind, String reference, String neededBy, String why) implements CloseReason {
        @Override
        public String message() {
            return "no healthy upstream for " + kind + " " + reference + " of " + neededBy + ": " + why;
        }
    }

    /// The destination is in a network that we cannot reach.
    record OtherNetwork(String destination, String network, String own) implements CloseReason {
        @Override
        public String message() {
            return destination + " is in network '" + network + "', we are in '" + own
                    + "'; connections through network gateways are not supported";
        }
    }

    /// The chosen workload has no address that can be dialled.
    record NoAddress(String workload, String why) implements CloseReason {
        @Override
        public String message() {
            return "no valid destination: workload " + workload + " " + why;
        }
    }

    /// A CONNECT that is out of form for us.
    record BadAuthority(String local, String authority) implements CloseReason {
        @Override
        public String message() {
            return "ip mismatch: connected to " + local + ", asked for " + authority
                    + ", which is neither this pod nor anything that it is the waypoint of";
        }
    }

    /// No port of this pod answers to what was asked for.
    record NoPort(String authority, String why) implements CloseReason {
        @Override
        public String message() {
            return "no port of this pod for " + authority + ": " + why;
        }
    }

    /// Policy did not let the connection open.
    ///
    /// @param mayBeTold whether the explanation is for the client too
    record Denied(String explanation, boolean mayBeTold) implements CloseReason {
        @Override
        public String message() {
            return "connection closed due to policy rejection: " + explanation;
        }
    }

    /// Policy let the connection open, and changed.
    record PolicyWithdrawn(String explanation) implements CloseReason {
        @Override
        public String message() {
            return "open connection closed due to policy change: " + explanation;
        }
    }

    /// The pod's workload has no legal identity, so that no tunnel can be made in its name.
    record NoIdentity(String workload) implements CloseReason {
        @Override
        public String message() {
            return "workload " + workload + " has no legal SPIFFE identity; look at its trust domain, namespace and"
                    + " service account";
        }
    }

    /// A TCP connection could not be made.
    record ConnectFailed(InetSocketAddress to, String cause) implements CloseReason {
        @Override
        public String message() {
            return "cannot connect to " + text(to) + ": " + cause;
        }
    }

    /// A TCP connection was not made in time.
    record ConnectTimedOut(InetSocketAddress to, Duration after) implements CloseReason {
        @Override
        public String message() {
            return "connecting to " + text(to) + " timed out after " + after.toMillis()
                    + " ms; is the port open to this pod?";
        }
    }

    /// The peer of a tunnel answered the CONNECT with another status than 200.
    ///
    /// @param told why, in the peer's words; empty when it gave none
    record TunnelRefused(InetSocketAddress peer, String authority, int status, String told) implements CloseReason {
        @Override
        public String message() {
            return "http status " + status + " from " + text(peer) + " for CONNECT " + authority
                    + switch (status) {
                        case 400 -> "; the peer does not serve this destination";
                        case 401 -> "; its authorization policy rejects us";
                        case 503 -> "; the application may not listen on that port";
                        default -> "";
                    }
                    + (told.isEmpty() ? "" : ": " + told);
        }
    }

    /// A tunnel could not be had, or failed while it was open.
    record TunnelFailed(Origin side, TunnelFailure failure) implements CloseReason {
        @Override
        public String message() {
            return failure.message();
        }

        @Override
        public Origin origin() {
            return switch (failure) {
                case TunnelFailure.NoCertificate _ -> Origin.MESH;
                case TunnelFailure.ClosedByUs _ -> Origin.OURSELVES;
                case TunnelFailure _ -> side;
            };
        }
    }

    /// A socket failed while bytes were copied, other than by a reset.
    record SocketFailed(Origin side, String cause) implements CloseReason {
        @Override
        public String message() {
            return "the connection of the " + (side == Origin.CLIENT ? "client" : "upstream") + " failed: " + cause;
        }
    }

    /// We stop serving, and the deadline for open connections has passed.
    record Drained() implements CloseReason {
        @Override
        public String message() {
            return "closed by the node proxy: draining, and the deadline for open connections has passed";
        }
    }

    /// The pod left the node or the mesh.
    record PodRemoved(PodIdentity pod) implements CloseReason {
        @Override
        public String message() {
            return "closed by the node proxy: pod " + pod + " was removed from the mesh";
        }
    }

    /// Something that should not happen did.
    record Broken(Throwable bug) implements CloseReason {
        @Override
        public String message() {
            return "internal error: " + bug;
        }
    }

    /// Why a TCP connect to `to` failed.
    ///
    /// @param allowed the time that it was given
    static CloseReason ofConnect(InetSocketAddress to, Duration allowed, Throwable cause) {
        return cause instanceof ConnectTimeoutException
                ? new ConnectTimedOut(to, allowed)
                : new ConnectFailed(to, String.valueOf(cause.getMessage()));
    }

    /// Whether nothing went wrong.
    default boolean isClean() {
        return flag() == ResponseFlag.NONE;
    }

    /// Whose doing it was.
    default Origin origin() {
        return switch (this) {
            case Finished _, ClientLeft _, OwnPort _, BadAuthority _ -> Origin.CLIENT;
            case UnknownPod _,
                    NotAnswered _,
                    NoEndpoint _,
                    NoGateway _,
                    NoGatewayEndpoint _,
                    OtherNetwork _,
                    NoAddress _,
                    NoPort _,
                    NoIdentity _ -> Origin.MESH;
            case Denied _, PolicyWithdrawn _ -> Origin.POLICY;
            case ConnectFailed _, ConnectTimedOut _, TunnelRefused _ -> Origin.UPSTREAM;
            case TunnelFailed failed -> failed.side();
            case SocketFailed failed -> failed.side();
            case Drained _, PodRemoved _, Broken _ -> Origin.OURSELVES;
        };
    }

    /// What the metrics and the access log say of it.
    default ResponseFlag flag() {
        return switch (this) {
            case Finished _ -> ResponseFlag.NONE;
            case Denied _, PolicyWithdrawn _ -> ResponseFlag.DENY;
            case NoIdentity _ -> ResponseFlag.IDENTITY_ERROR;
            case TunnelFailed failed -> ResponseFlag.of(failed.failure());
            case ClientLeft _,
                    UnknownPod _,
                    NotAnswered _,
                    OwnPort _,
                    NoEndpoint _,
                    NoGateway _,
                    NoGatewayEndpoint _,
                    OtherNetwork _,
                    NoAddress _,
                    BadAuthority _,
                    NoPort _,
                    ConnectFailed _,
                    ConnectTimedOut _,
                    TunnelRefused _,
                    SocketFailed _,
                    Drained _,
                    PodRemoved _,
                    Broken _ -> ResponseFlag.CONNECT;
        };
    }

    /// The status that answers a CONNECT which ended so before it was accepted.
    default int status() {
        return switch (this) {
            case BadAuthority _ -> 400;
            case Denied _, PolicyWithdrawn _ -> 401;
            case Finished _,
                    ClientLeft _,
                    UnknownPod _,
                    NotAnswered _,
                    OwnPort _,
                    NoEndpoint _,
                    NoGateway _,
                    NoGatewayEndpoint _,
                    OtherNetwork _,
                    NoAddress _,
                    NoIdentity _,
                    NoPort _,
                    ConnectFailed _,
                    ConnectTimedOut _,
                    TunnelRefused _,
                    TunnelFailed _,
                    SocketFailed _,
                    Drained _,
                    PodRemoved _,
                    Broken _ -> 503;
        };
    }

    /// What the client of a tunnel may be told besides the status; empty when nothing.
    default String told() {
        return this instanceof Denied denied && denied.mayBeTold() ? denied.explanation() : "";
    }

    private static String text(InetSocketAddress address) {
        return Authority.print(address.getAddress(), address.getPort());
    }
}
