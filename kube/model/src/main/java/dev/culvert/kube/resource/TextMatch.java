package dev.culvert.kube.resource;

/// What a text must be (networking.istio.io). Immutable.
public sealed interface TextMatch {
    /// Just this.
    record Exact(String text) implements TextMatch {}

    /// Something that starts like this, wherever its segments end.
    record Prefix(String text) implements TextMatch {}

    /// Something that the RE2 expression matches as a whole.
    record Regex(String pattern) implements TextMatch {}

    /// Anything, if it is there at all.
    record Present() implements TextMatch {}
}
