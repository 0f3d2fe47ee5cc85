package dev.culvert.mesh.state;

import dev.culvert.mesh.state.WorldEditor.LocalChange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/// The owner of the world: applies a batch, publishes the next snapshot, then notifies.
///
/// [#world] may be read from any thread; it is one volatile read. All changes are made on the [StateThread].
/// A batch that changes nothing publishes nothing and notifies nobody.
public final class MeshState {
    private final LocalNode node;
    private final StateThread thread;
    private final LocalIdentities identities = new LocalIdentities();
    /// Written while the process is put together, read on the state thread.
    private final List<MeshListener> listeners = new CopyOnWriteArrayList<>();

    private final List<IdentityListener> identityListeners = new CopyOnWriteArrayList<>();
    private volatile MeshSnapshot world = MeshSnapshot.EMPTY;

    public MeshState(LocalNode node, StateThread thread) {
        this.node = node;
        this.thread = thread;
    }

    /// The world now. A decision reads it once.
    public MeshSnapshot world() {
        return world;
    }

    /// The thread that changes the world.
    public StateThread thread() {
        return thread;
    }

    /// Has `listener` told of every change from now on.
    public void listen(MeshListener listener) {
        listeners.add(listener);
    }

    /// Has `listener` told of the identities that come and go on this node; register before data arrives.
    public void listen(IdentityListener listener) {
        identityListeners.add(listener);
    }

    /// Has `batch` applied on the state thread; the result is the world that shows it.
    public CompletableFuture<MeshSnapshot> submit(MeshBatch batch) {
        return CompletableFuture.supplyAsync(() -> apply(batch), thread);
    }

    /// Applies `batch` and publishes; on the state thread only.
    public MeshSnapshot apply(MeshBatch batch) {
        if (!thread.isCurrent()) {
            throw new IllegalStateException("a batch is applied on thread 'state', not on '"
                    + Thread.currentThread().getName() + "'; use submit");
        }
        WorldEditor editor = new WorldEditor(world, node);
        editor.apply(batch);
        if (!editor.changedAnything()) {
            return world;
        }
        MeshSnapshot next = editor.build();
        world = next;
        for (LocalChange change : editor.localChanges()) {
            identities.count(change.before(), change.after());
        }
        identities.report(identityListeners);
        WorldChange change = editor.change();
        for (MeshListener listener : listeners) {
            listener.worldChanged(next, change);
        }
        return next;
    }
}
