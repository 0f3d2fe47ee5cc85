package dev.culvert.controlplane.derive;

import com.google.protobuf.Any;
import java.util.List;

/// One resource as it goes on the wire: serialized once, sent to many. Immutable.
///
/// @param name    unique within its type, as in `cluster//Pod/ns/name`
/// @param version 16 hex digits that hash the bytes of `body`: equal content has an equal version,
///     also after a restart
/// @param aliases further names that a client may ask for, as in `network/10.0.0.1`
public record XdsResource(String name, String version, Any body, List<String> aliases) {
    public XdsResource {
        aliases = List.copyOf(aliases);
    }
}
