package dev.culvert.mesh.model;

/// Where a workload runs: region, zone within it, and subzone; each may be empty.
///
/// Immutable.
public record Locality(String region, String zone, String subzone) {
    /// Nowhere in particular.
    public static final Locality NONE = new Locality("", "", "");

    @Override
    public String toString() {
        return region + "/" + zone + "/" + subzone;
    }
}
