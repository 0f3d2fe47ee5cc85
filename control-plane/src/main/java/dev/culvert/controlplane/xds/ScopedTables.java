package dev.culvert.controlplane.xds;

import dev.culvert.controlplane.caller.CallerIdentity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The tables of types of which a client gets only what is of its own scope, such as the Gateway whose proxy
/// it is. Thread-safe.
///
/// A scope's table exists from the moment that anybody asks for it, so a client that comes before its
/// configuration waits with an empty one.
public final class ScopedTables {
    private final Set<String> typeUrls;
    private final ScopeSource scopes;
    private final Map<Key, ResourceTable> tables = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    private record Key(String typeUrl, String scope) {}

    /// Which scope a client belongs to.
    @FunctionalInterface
    public interface ScopeSource {
        /// The scope of one client.
        ///
        /// @param named what the client says itself; empty when it says nothing
        Scope of(CallerIdentity caller, String named);
    }

    /// A client's scope.
    public sealed interface Scope {
        /// It belongs to `name`.
        record Known(String name) implements Scope {}

        /// It belongs to none; the client is told why.
        record Refused(String reason) implements Scope {}
    }

    /// Tables of these types.
    public ScopedTables(Set<String> typeUrls, ScopeSource scopes) {
        this.typeUrls = Set.copyOf(typeUrls);
        this.scopes = scopes;
    }

    /// Whether the type is one of those that are kept apart.
    boolean has(String typeUrl) {
        return typeUrls.contains(typeUrl);
    }

    Scope scope(CallerIdentity caller, String named) {
        return scopes.of(caller, named);
    }

    /// The table of a type and a scope.
    public ResourceTable table(String typeUrl, String scope) {
        return tables.computeIfAbsent(new Key(typeUrl, scope), key -> {
            ResourceTable made = new ResourceTable(key.typeUrl);
            made.onChange(_ -> listeners.forEach(listener -> listener.accept(key.scope)));
            return made;
        });
    }

    /// Has `listener` told the scope after each batch that changed something there.
    void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }
}
