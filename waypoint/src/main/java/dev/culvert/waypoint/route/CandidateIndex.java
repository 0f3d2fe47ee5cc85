package dev.culvert.waypoint.route;

import dev.culvert.waypoint.route.PathCondition.IndexKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the first candidate that holds without looking at those whose path cannot: by the whole
/// path in a hash table, by its prefixes in a tree. Immutable.
///
/// A regular expression is kept under the text that it must begin with.
final class CandidateIndex {
    private static final Candidate[] NONE = {};

    private final Map<String, Candidate[]> exact;
    private final Map<String, Candidate[]> exactFolded;
    private final PrefixTree<Candidate[]> prefixes;
    private final PrefixTree<Candidate[]> prefixesFolded;

    /// @param candidates in the order of their ranks
    CandidateIndex(List<Candidate> candidates) {
        Map<IndexKey, List<Candidate>> byKey = new HashMap<>();
        for (Candidate candidate : candidates) {
            byKey.computeIfAbsent(candidate.condition().indexKey(), _ -> new ArrayList<>())
                    .add(candidate);
        }
        exact = table(byKey, true, false);
        exactFolded = table(byKey, true, true);
        prefixes = new PrefixTree<>(table(byKey, false, false));
        prefixesFolded = new PrefixTree<>(table(byKey, false, true));
    }

    /// The match of the lowest rank that holds; null when none does.
    RouteDecision.@Nullable Matched first(RequestView request) {
        List<Candidate[]> lists = new ArrayList<>(4);
        addIfAny(lists, exact.get(request.path()));
        if (!exactFolded.isEmpty()) {
            addIfAny(lists, exactFolded.get(request.foldedPath()));
        }
        prefixes.forEachPrefix(request.path(), lists::add);
        if (!prefixesFolded.isEmpty()) {
            prefixesFolded.forEachPrefix(request.foldedPath(), lists::add);
        }
        return first(lists, request);
    }

    /// Goes through all lists as if they were one.
    private static RouteDecision.@Nullable Matched first(List<Candidate[]> lists, RequestView request) {
        int[] next = new int[lists.size()];
        while (true) {
            Candidate best = null;
            int bestList = 0;
            for (int i = 0; i < next.length; i++) {
                Candidate[] list = lists.get(i);
                if (next[i] < list.length && (best == null || list[next[i]].rank() < best.rank())) {
                    best = list[next[i]];
                    bestList = i;
                }
            }
            if (best == null) {
                return null;
            }
            if (best.condition().holds(request)) {
                return best.matched();
            }
            next[bestList]++;
        }
    }

    private static void addIfAny(List<Candidate[]> lists, Candidate @Nullable [] list) {
        if (list != null) {
            lists.add(list);
        }
    }

    private static Map<String, Candidate[]> table(Map<IndexKey, List<Candidate>> byKey, boolean whole, boolean folded) {
        Map<String, Candidate[]> table = new HashMap<>();
        byKey.forEach((key, candidates) -> {
            if (key.whole() == whole && key.folded() == folded) {
                table.put(key.text(), candidates.toArray(NONE));
            }
        });
        return Map.copyOf(table);
    }
}
