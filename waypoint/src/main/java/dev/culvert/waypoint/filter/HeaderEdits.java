package dev.culvert.waypoint.filter;

import dev.culvert.api.waypoint.HeaderEdit;
import dev.culvert.api.waypoint.HeaderValue;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.match.TextPattern;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Header fields to remove, set and add, in this order. Immutable.
///
/// Names are compared without regard to case; of several entries for one name the first counts
/// (HTTPHeaderFilter of Gateway API).
///
/// @param authority what to set the request's authority to; empty to leave it
record HeaderEdits(List<Field> set, List<Field> add, List<String> remove, String authority)
        implements ResponseEdits.Edit {

    /// A field to write.
    record Field(String name, String value) {}

    /// Of a request: `Host` may be set and is the authority.
    static HeaderEdits ofRequest(HeaderEdit edit) throws InvalidFilter {
        String authority = "";
        List<HeaderValue> set = new ArrayList<>();
        for (HeaderValue value : edit.getSetList()) {
            if (!FieldNames.isAuthority(value.getName())) {
                set.add(value);
            } else if (authority.isEmpty()) {
                FieldNames.requireVisible("authority", value.getValue());
                authority = value.getValue();
            }
        }
        return new HeaderEdits(fields(set), fields(edit.getAddList()), names(edit.getRemoveList()), authority);
    }

    /// Of a response.
    static HeaderEdits ofResponse(HeaderEdit edit) throws InvalidFilter {
        return new HeaderEdits(fields(edit.getSetList()), fields(edit.getAddList()), names(edit.getRemoveList()), "");
    }

    void apply(RequestHead head) {
        apply(head.headers());
        if (!authority.isEmpty()) {
            head.authority(authority);
        }
    }

    @Override
    public void apply(HttpHeaders headers) {
        for (String name : remove) {
            headers.remove(name);
        }
        for (Field field : set) {
            headers.set(field.name(), field.value());
        }
        for (Field field : add) {
            headers.add(field.name(), field.value());
        }
    }

    private static List<Field> fields(List<HeaderValue> values) throws InvalidFilter {
        List<Field> fields = new ArrayList<>(values.size());
        Set<String> seen = new HashSet<>();
        for (HeaderValue value : values) {
            if (FieldNames.isAuthority(value.getName())) {
                throw new InvalidFilter("the host can be set on a request, and nothing else be done to it");
            }
            FieldNames.requireEditable(value.getName());
            FieldNames.requireValue(value.getName(), value.getValue());
            if (seen.add(TextPattern.fold(value.getName()))) {
                fields.add(new Field(value.getName(), value.getValue()));
            }
        }
        return List.copyOf(fields);
    }

    /// Fields of the connection never go on anyway, so that nothing is left to do for those.
    private static List<String> names(List<String> names) throws InvalidFilter {
        List<String> removed = new ArrayList<>(names.size());
        for (String name : names) {
            if (FieldNames.isAuthority(name)) {
                throw new InvalidFilter("the host of a request cannot be removed");
            }
            FieldNames.requireToken(name);
            if (!FieldNames.isFraming(name)) {
                removed.add(name);
            }
        }
        return List.copyOf(removed);
    }
}
