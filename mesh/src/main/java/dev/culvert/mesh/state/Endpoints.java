package dev.culvert.mesh.state;

import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.WorkloadUid;
import java.util.Arrays;
import java.util.Iterator;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The endpoints of one service, in the order of their uids.
///
/// Immutable.
public final class Endpoints implements Iterable<Endpoint> {
    /// None at all.
    public static final Endpoints NONE = new Endpoints(new Endpoint[0]);

    private final Endpoint[] byUid;

    private Endpoints(Endpoint[] byUid) {
        this.byUid = byUid;
    }

    public int size() {
        return byUid.length;
    }

    public boolean isEmpty() {
        return byUid.length == 0;
    }

    /// The endpoint at `index`, 0 to [#size] less one.
    public Endpoint get(int index) {
        return byUid[index];
    }

    /// The part of this workload, or null when it has none.
    public @Nullable Endpoint of(WorkloadUid workload) {
        int low = 0;
        int high = byUid.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = byUid[middle].workload().compareTo(workload);
            if (order == 0) {
                return byUid[middle];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    @Override
    public Iterator<Endpoint> iterator() {
        return Arrays.asList(byUid).iterator();
    }

    /// Those that pass; this very object when all do.
    Endpoints filter(Predicate<Endpoint> test) {
        Endpoint[] kept = Arrays.stream(byUid).filter(test).toArray(Endpoint[]::new);
        return kept.length == byUid.length ? this : new Endpoints(kept);
    }

    /// These with the changes made: a workload's new part, or none where the value is gone.
    Endpoints merge(SortedMap<WorkloadUid, Change> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Endpoint[] merged = new Endpoint[byUid.length + changes.size()];
        int count = 0;
        int next = 0;
        for (var change : changes.entrySet()) {
            while (next < byUid.length && byUid[next].workload().compareTo(change.getKey()) < 0) {
                merged[count++] = byUid[next++];
            }
            if (next < byUid.length && byUid[next].workload().equals(change.getKey())) {
                next++;
            }
            if (change.getValue() instanceof Change.Set(Endpoint endpoint)) {
                merged[count++] = endpoint;
            }
        }
        int rest = byUid.length - next;
        System.arraycopy(byUid, next, merged, count, rest);
        return new Endpoints(Arrays.copyOf(merged, count + rest));
    }

    /// What happens to one workload's part in a service.
    sealed interface Change {
        /// It is this now.
        record Set(Endpoint endpoint) implements Change {}

        /// It is gone.
        record Gone() implements Change {}
    }
}
