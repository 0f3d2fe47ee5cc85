package dev.culvert.kube;

import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the mesh writes back to resources: annotations and status conditions.
///
/// Thread-safe; each call blocks until the write is durable, so call it from a control thread only.
public interface ObjectWriter {
    /// Sets the given annotations and leaves all others; a null value removes that annotation. Applies only
    /// to the object with this uid: a later one of the same name is not touched.
    ///
    /// @throws IOException when nothing was written; the message names the object
    void annotate(Kind<?> kind, ObjectRef object, Map<String, @Nullable String> annotations) throws IOException;

    /// Makes `conditions` the ones that we own in the object's status, replacing those of the same type and
    /// removing the types in `remove`. Conditions of other types stay.
    ///
    /// @throws IOException when nothing was written; the message names the object
    void setConditions(Kind<?> kind, ObjectRef object, List<Condition> conditions, Set<String> remove)
            throws IOException;

    /// Replaces whole fields of the object's status, other than its conditions, by JSON values.
    ///
    /// @throws IOException when nothing was written; the message names the object
    void setStatus(Kind<?> kind, ObjectRef object, Map<String, Object> fields) throws IOException;
}
