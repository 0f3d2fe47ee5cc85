package dev.culvert.waypoint.policy.path;

/// Brings the target of a request into the one form that is routed, judged and forwarded.
///
/// Immutable. The query is looked at for what may not be there and otherwise left alone. A path
/// that is in normal
/// form already, as nearly all are, is returned as it is, after one look at each character.
///
/// Refused in every mode: what is neither a path nor `*`; a fragment; characters that are no
/// visible ASCII; in the
/// path also an escape that is cut short or not hexadecimal, `%00` and other control characters,
/// and the overlong
/// forms of UTF-8. In all modes but `NONE` a dot segment with parameters (`/..;x/`) is refused
/// too: some servers take
/// the parameters off before they resolve the dots, so that there is no telling what it means.
public final class TargetNormalizer {
    private final PathMode mode;

    public TargetNormalizer(PathMode mode) {
        this.mode = mode;
    }

    /// The normal form of `target`, a path with or without a query.
    public NormalizedTarget normalize(String target) {
        if (target.equals("*")) {
            return new NormalizedTarget.Accepted(target);
        }
        if (!target.startsWith("/")) {
            return new NormalizedTarget.Refused("request_target_is_no_path");
        }
        String reason = TargetCheck.refusalOf(target, mode != PathMode.NONE);
        if (reason != null) {
            return new NormalizedTarget.Refused(reason);
        }
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        String normal = mode == PathMode.NONE ? path : normalizePath(path);
        return new NormalizedTarget.Accepted(query < 0 ? normal : normal + target.substring(query));
    }

    private String normalizePath(String path) {
        String result = path;
        if (mode == PathMode.DECODE_AND_MERGE_SLASHES) {
            result = Escapes.decodeSlashes(result);
        }
        result = DotSegments.remove(Escapes.decodeUnreserved(result).replace('\\', '/'));
        return mode == PathMode.BASE ? result : DotSegments.mergeSlashes(result);
    }
}
