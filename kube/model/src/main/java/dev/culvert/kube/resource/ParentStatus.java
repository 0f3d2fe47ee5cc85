package dev.culvert.kube.resource;

import java.util.List;

/// What one controller says about a route at one of its parents. Immutable.
public record ParentStatus(ParentRef parentRef, String controllerName, List<Condition> conditions) {
    public ParentStatus {
        conditions = List.copyOf(conditions);
    }
}
