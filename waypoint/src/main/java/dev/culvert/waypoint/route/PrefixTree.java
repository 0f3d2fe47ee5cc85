package dev.culvert.waypoint.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values under prefixes of texts: finds those of every prefix of a text in one walk along it,
/// however many there are. Immutable.
final class PrefixTree<V> {
    private final @Nullable Node<V> root;

    PrefixTree(Map<String, V> values) {
        List<Map.Entry<String, V>> sorted = List.copyOf(new TreeMap<>(values).entrySet());
        root = sorted.isEmpty() ? null : build(sorted, 0);
    }

    boolean isEmpty() {
        return root == null;
    }

    /// Hands over the values of all prefixes of `text`, the shortest prefix first.
    void forEachPrefix(String text, Consumer<V> consumer) {
        Node<V> node = root;
        int at = 0;
        while (node != null && text.startsWith(node.label, at)) {
            at += node.label.length();
            if (node.value != null) {
                consumer.accept(node.value);
            }
            node = at < text.length() ? node.child(text.charAt(at)) : null;
        }
    }

    /// @param entries in the order of their keys, which have the first `depth` characters in
    ///     common
    private static <V> Node<V> build(List<Map.Entry<String, V>> entries, int depth) {
        String first = entries.getFirst().getKey();
        String last = entries.getLast().getKey();
        int end = depth;
        while (end < first.length() && end < last.length() && first.charAt(end) == last.charAt(end)) {
            end++;
        }
        @Nullable V value = first.length() == end ? entries.getFirst().getValue() : null;
        List<Node<V>> children = new ArrayList<>();
        int from = value == null ? 0 : 1;
        while (from < entries.size()) {
            int to = from + 1;
            while (to < entries.size()
                    && entries.get(to).getKey().charAt(end)
                            == entries.get(from).getKey().charAt(end)) {
                to++;
            }
            children.add(build(entries.subList(from, to), end));
            from = to;
        }
        return new Node<>(first.substring(depth, end), value, children);
    }

    /// The label of a child begins with a character that no other child's begins with.
    private static final class Node<V> {
        final String label;
        final @Nullable V value;
        final char[] firsts;
        final List<Node<V>> children;

        Node(String label, @Nullable V value, List<Node<V>> children) {
            this.label = label;
            this.value = value;
            this.children = List.copyOf(children);
            firsts = new char[children.size()];
            for (int i = 0; i < firsts.length; i++) {
                firsts[i] = children.get(i).label.charAt(0);
            }
        }

        @Nullable
        Node<V> child(char first) {
            int index = java.util.Arrays.binarySearch(firsts, first);
            return index < 0 ? null : children.get(index);
        }
    }
}
