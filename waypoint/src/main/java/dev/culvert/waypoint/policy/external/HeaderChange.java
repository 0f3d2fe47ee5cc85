package dev.culvert.waypoint.policy.external;

import io.netty.handler.codec.http.HttpHeaders;

/// A change to one field of a head.
///
/// Immutable.
///
/// @param name in lower case
/// @param value ignored by [Kind#REMOVE]
public record HeaderChange(Kind kind, String name, String value) {

    /// What is done to the field.
    public enum Kind {
        /// In place of all its values.
        SET,
        /// As one more value.
        ADD,
        /// Only when it is not there.
        ADD_IF_ABSENT,
        /// In place of all its values, when there are any.
        SET_IF_PRESENT,
        REMOVE
    }

    /// Makes the change.
    public void applyTo(HttpHeaders headers) {
        switch (kind) {
            case SET -> headers.set(name, value);
            case ADD -> headers.add(name, value);
            case ADD_IF_ABSENT -> {
                if (!headers.contains(name)) {
                    headers.set(name, value);
                }
            }
            case SET_IF_PRESENT -> {
                if (headers.contains(name)) {
                    headers.set(name, value);
                }
            }
            case REMOVE -> headers.remove(name);
        }
    }
}
