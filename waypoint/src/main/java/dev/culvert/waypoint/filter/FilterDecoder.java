package dev.culvert.waypoint.filter;

import com.google.protobuf.ByteString;
import dev.culvert.api.waypoint.DirectResponse;
import dev.culvert.api.waypoint.HeaderEdit;
import dev.culvert.api.waypoint.Mirror;
import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Filters from the messages of the control plane. Stateless; any thread.
final class FilterDecoder {
    private FilterDecoder() {}

    /// One that cannot be carried out becomes one that answers 500 and says why.
    static Filter decode(dev.culvert.api.waypoint.Filter filter) {
        try {
            return switch (filter.getActionCase()) {
                case REQUEST_HEADERS -> new Filter.RequestHeaders(HeaderEdits.ofRequest(filter.getRequestHeaders()));
                case RESPONSE_HEADERS ->
                    new Filter.ResponseHeaders(HeaderEdits.ofResponse(filter.getResponseHeaders()));
                case REDIRECT -> RedirectFilter.compile(filter.getRedirect());
                case REWRITE -> RewriteFilter.compile(filter.getRewrite());
                case MIRROR -> mirror(filter.getMirror());
                case CORS -> CorsFilter.compile(filter.getCors());
                case RESPOND -> respond(filter.getRespond());
                case UNSUPPORTED -> new Filter.Unsupported(filter.getUnsupported());
                case ACTION_NOT_SET -> new Filter.Unsupported("a filter without an action");
            };
        } catch (InvalidFilter e) {
            return new Filter.Unsupported(e.why());
        }
    }

    private static Filter mirror(Mirror mirror) {
        dev.culvert.api.waypoint.Backend backend = mirror.getBackend();
        BackendTarget target = new BackendTarget(backend.getCluster(), backend.getPort(), backend.getSubset());
        return new Filter.Mirror(target, mirror.getPerMillion(), backend.getInvalid());
    }

    private static Filter respond(DirectResponse response) throws InvalidFilter {
        if (response.getStatus() < 200 || response.getStatus() > 599) {
            throw new InvalidFilter("a direct response cannot have status " + response.getStatus());
        }
        HeaderEdits edits = HeaderEdits.ofResponse(
                HeaderEdit.newBuilder().addAllAdd(response.getHeadersList()).build());
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        edits.add().forEach(field -> fields.add(Map.entry(field.name(), field.value())));
        return new Filter.Respond(
                new LocalReply(response.getStatus(), fields, bytes(response.getBody()), "-", "direct_response"));
    }

    private static Bytes bytes(ByteString body) {
        return Bytes.of(body.toByteArray());
    }
}
