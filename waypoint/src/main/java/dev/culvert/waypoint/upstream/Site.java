package dev.culvert.waypoint.upstream;

/// Where something runs, as far as it is known; an empty text where it is not. Immutable.
///
/// @param node name of the machine
public record Site(String network, String region, String zone, String subzone, String node, String cluster) {
    /// Nowhere in particular.
    public static final Site UNKNOWN = new Site("", "", "", "", "", "");

    /// `region/zone/subzone`.
    public String locality() {
        return region + "/" + zone + "/" + subzone;
    }
}
