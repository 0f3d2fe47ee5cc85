package dev.culvert.waypoint.policy.external;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.culvert.api.envoy.Address;
import dev.culvert.api.envoy.AttributeContext;
import dev.culvert.api.envoy.CheckRequest;
import dev.culvert.api.envoy.CheckResponse;
import dev.culvert.api.envoy.DeniedHttpResponse;
import dev.culvert.api.envoy.HeaderValueOption;
import dev.culvert.api.envoy.OkHttpResponse;
import dev.culvert.api.envoy.SocketAddress;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// The messages of ext_authz and the values that they stand for.
///
/// Pure.
final class CheckMessages {
    private static final int OK = 0;
    private static final int FORBIDDEN = 403;

    private CheckMessages() {}

    static CheckRequest request(CheckSubject.Connection subject) {
        AttributeContext.Builder attributes = peers(subject.client());
        if (!subject.serverName().isEmpty()) {
            attributes.setTlsSession(AttributeContext.TlsSession.newBuilder().setSni(subject.serverName()));
        }
        return CheckRequest.newBuilder().setAttributes(attributes).build();
    }

    /// @param withBody whether the authorizer wants to see the body
    static CheckRequest request(CheckSubject subject, boolean withBody, boolean packAsBytes) {
        RequestHead head = subject.head();
        AttributeContext.HttpRequest.Builder http = AttributeContext.HttpRequest.newBuilder()
                .setId(Objects.requireNonNullElse(head.headers().get("x-request-id"), ""))
                .setMethod(head.method())
                .putAllHeaders(fields(head))
                .setPath(head.target())
                .setHost(head.authority())
                .setScheme(head.scheme())
                .setSize(size(head))
                .setProtocol(subject.protocol());
        if (withBody) {
            http.putHeaders(ProviderSettings.PARTIAL_BODY, String.valueOf(!subject.wholeBody()));
            if (packAsBytes) {
                http.setRawBody(ByteString.copyFrom(subject.body().toArray()));
            } else {
                http.setBody(subject.body().toText());
            }
        }
        Instant at = subject.at();
        Timestamp time = Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
        return CheckRequest.newBuilder()
                .setAttributes(peers(subject.client())
                        .setRequest(AttributeContext.Request.newBuilder()
                                .setTime(time)
                                .setHttp(http)))
                .build();
    }

    static CheckResult result(CheckResponse response, ProviderSettings settings) {
        if (response.getStatus().getCode() == OK && !response.hasDeniedResponse()) {
            return response.hasStatus() || response.hasOkResponse()
                    ? allowed(response.getOkResponse(), settings)
                    : settings.onFailure().failed("its answer says nothing");
        }
        DeniedHttpResponse denied = response.getDeniedResponse();
        int status = denied.getStatus().getCode();
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (HeaderValueOption option : denied.getHeadersList()) {
            if (SafeField.isSafe(name(option), value(option))) {
                fields.add(Map.entry(name(option), value(option)));
            }
        }
        return new CheckResult.Denied(new LocalReply(
                status >= 200 && status <= 599 ? status : FORBIDDEN,
                fields,
                Bytes.of(denied.getBody()),
                "UAEX",
                "ext_authz_denied"));
    }

    private static CheckResult allowed(OkHttpResponse ok, ProviderSettings settings) {
        List<HeaderChange> changes = changes(ok.getHeadersList());
        for (String name : ok.getHeadersToRemoveList()) {
            if (SafeField.isChangeable(name)) {
                changes.add(new HeaderChange(HeaderChange.Kind.REMOVE, name.toLowerCase(Locale.ROOT), ""));
            }
        }
        QueryChange query = QueryChange.of(ok);
        boolean changed = !changes.isEmpty() || !query.isEmpty();
        return new CheckResult.Allowed(
                changes, changes(ok.getResponseHeadersToAddList()), query, settings.routeAgain() && changed);
    }

    private static List<HeaderChange> changes(List<HeaderValueOption> options) {
        List<HeaderChange> changes = new ArrayList<>(options.size());
        for (HeaderValueOption option : options) {
            if (SafeField.isSafe(name(option), value(option))) {
                changes.add(new HeaderChange(kind(option), name(option), value(option)));
            }
        }
        return changes;
    }

    /// An option that says nothing replaces what is there, as the service's documentation has
    /// it: a value that the
    /// client sent must not stay beside the authorizer's.
    private static HeaderChange.Kind kind(HeaderValueOption option) {
        if (option.hasAppend()) {
            return option.getAppend().getValue() ? HeaderChange.Kind.ADD : HeaderChange.Kind.SET;
        }
        return switch (option.getAppendAction()) {
            case ADD_IF_ABSENT -> HeaderChange.Kind.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS -> HeaderChange.Kind.SET_IF_PRESENT;
            case APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD, UNRECOGNIZED -> HeaderChange.Kind.SET;
        };
    }

    private static String name(HeaderValueOption option) {
        return option.getHeader().getKey().toLowerCase(Locale.ROOT);
    }

    private static String value(HeaderValueOption option) {
        ByteString raw = option.getHeader().getRawValue();
        return raw.isEmpty() ? option.getHeader().getValue() : raw.toStringUtf8();
    }

    /// All fields with all of their values.
    private static Map<String, String> fields(RequestHead head) {
        Map<String, String> fields = new TreeMap<>();
        fields.put(":method", head.method());
        fields.put(":scheme", head.scheme());
        fields.put(":authority", head.authority());
        fields.put(":path", head.target());
        for (String name : head.headers().names()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.equals(ProviderSettings.PARTIAL_BODY)) {
                fields.put(
                        lower,
                        String.join(
                                lower.equals("cookie") ? "; " : ",",
                                head.headers().getAll(name)));
            }
        }
        return fields;
    }

    private static long size(RequestHead head) {
        String length = head.headers().get("content-length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static AttributeContext.Builder peers(Client client) {
        return AttributeContext.newBuilder()
                .setSource(AttributeContext.Peer.newBuilder()
                        .setAddress(address(client.address()))
                        .setPrincipal(client.identity().toString()))
                .setDestination(AttributeContext.Peer.newBuilder().setAddress(address(client.destination())));
    }

    private static Address address(InetSocketAddress address) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder()
                        .setAddress(NetUtil.toAddressString(address.getAddress()))
                        .setPortValue(address.getPort()))
                .build();
    }
}
