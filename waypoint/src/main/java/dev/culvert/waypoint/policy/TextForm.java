package dev.culvert.waypoint.policy;

import dev.culvert.mesh.authz.StringMatch;

/// Istio's forms of a text in a policy: `*` for any, `x*`, `*x`, else just this one.
///
/// Pure. Nothing in a policy is ever a regular expression, so that no character means anything
/// but itself.
final class TextForm {
    private TextForm() {}

    static StringMatch parse(String value) {
        if (value.equals("*")) {
            return new StringMatch.Presence();
        }
        if (value.startsWith("*")) {
            return new StringMatch.Suffix(value.substring(1));
        }
        if (value.endsWith("*")) {
            return new StringMatch.Prefix(value.substring(0, value.length() - 1));
        }
        return new StringMatch.Exact(value);
    }
}
