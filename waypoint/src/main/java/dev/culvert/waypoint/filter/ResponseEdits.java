package dev.culvert.waypoint.filter;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the filters of a request do to its response. Immutable.
public final class ResponseEdits {
    /// Nothing.
    public static final ResponseEdits NONE = new ResponseEdits(List.of());

    private final List<Edit> edits;

    private ResponseEdits(List<Edit> edits) {
        this.edits = edits;
    }

    static ResponseEdits of(List<Edit> edits) {
        return edits.isEmpty() ? NONE : new ResponseEdits(List.copyOf(edits));
    }

    /// These and then `outer`: a backend's own filters come before those of its rule, as the
    /// response passes them.
    public ResponseEdits then(ResponseEdits outer) {
        if (edits.isEmpty()) {
            return outer;
        }
        if (outer.edits.isEmpty()) {
            return this;
        }
        List<Edit> both = new ArrayList<>(edits);
        both.addAll(outer.edits);
        return new ResponseEdits(List.copyOf(both));
    }

    /// Changes the head of a final response.
    public void apply(ResponseHead head) {
        for (Edit edit : edits) {
            edit.apply(head.headers());
        }
    }

    /// The same for an answer of our own.
    public LocalReply apply(LocalReply reply) {
        if (edits.isEmpty()) {
            return reply;
        }
        HttpHeaders headers = new DefaultHttpHeaders();
        reply.fields().forEach(field -> headers.add(field.getKey(), field.getValue()));
        edits.forEach(edit -> edit.apply(headers));
        List<Map.Entry<String, String>> fields = new ArrayList<>(headers.size());
        headers.forEach(field -> fields.add(Map.entry(field.getKey(), field.getValue())));
        return new LocalReply(reply.status(), fields, reply.body(), reply.flag(), reply.details());
    }

    /// One change to the fields of a response.
    interface Edit {
        void apply(HttpHeaders headers);
    }
}
