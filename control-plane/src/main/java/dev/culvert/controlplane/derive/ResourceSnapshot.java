package dev.culvert.controlplane.derive;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// All resources of one type at one moment. Immutable.
public interface ResourceSnapshot {
    /// The resource of this name, or null.
    @Nullable
    XdsResource find(String name);

    /// The resources that `alias` stands for: usually one, none when unknown.
    Collection<XdsResource> findByAlias(String alias);

    /// All of them, in no particular order.
    Collection<XdsResource> all();
}
