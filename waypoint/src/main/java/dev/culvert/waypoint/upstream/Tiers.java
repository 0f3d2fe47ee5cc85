package dev.culvert.waypoint.upstream;

import dev.culvert.api.waypoint.LocalityPreference;
import dev.culvert.waypoint.upstream.LoadBalancing.LocalityRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Orders endpoints by how near they are to the waypoint: the first tier is used while it can serve. Without state.
final class Tiers {
    private static final int EXCLUDED = -1;

    private Tiers() {}

    /// Nearest first; none is empty.
    ///
    /// @param rules of the DestinationRule, which go before the preference of the service; null for none
    static List<List<Endpoint>> of(
            List<Endpoint> endpoints, Site self, LocalityPreference preference, @Nullable LocalityRules rules) {
        if (rules == null) {
            return byPlace(endpoints, endpoint -> preferred(preference, self, endpoint.site()));
        }
        Map<String, Integer> shares = shares(rules, self);
        if (shares != null) {
            List<Endpoint> shared = distributed(endpoints, shares);
            return shared.isEmpty() ? List.of() : List.of(shared);
        }
        if (!rules.priority().isEmpty()) {
            return byPlace(endpoints, endpoint -> byLabels(rules.priority(), self, endpoint));
        }
        return byPlace(endpoints, endpoint -> byLocality(rules, self, endpoint.site()));
    }

    private static List<List<Endpoint>> byPlace(List<Endpoint> endpoints, ToIntFunction<Endpoint> tier) {
        TreeMap<Integer, List<Endpoint>> tiers = new TreeMap<>();
        for (Endpoint endpoint : endpoints) {
            int number = tier.applyAsInt(endpoint);
            if (number != EXCLUDED) {
                tiers.computeIfAbsent(number, _ -> new ArrayList<>()).add(endpoint);
            }
        }
        return List.copyOf(tiers.values());
    }

    private static int preferred(LocalityPreference preference, Site self, Site site) {
        int agreed = 0;
        List<LocalityPreference.Scope> scopes = preference.getScopesList();
        for (LocalityPreference.Scope scope : scopes) {
            if (!agrees(scope, self, site)) {
                break;
            }
            agreed++;
        }
        return switch (preference.getMode()) {
            case FAILOVER -> scopes.size() - agreed;
            case STRICT -> agreed == scopes.size() ? 0 : EXCLUDED;
            case NONE, UNRECOGNIZED -> 0;
        };
    }

    private static boolean agrees(LocalityPreference.Scope scope, Site self, Site site) {
        return switch (scope) {
            case REGION -> self.region().equals(site.region());
            case ZONE -> self.zone().equals(site.zone());
            case SUBZONE -> self.subzone().equals(site.subzone());
            case NODE -> self.node().equals(site.node());
            case CLUSTER -> self.cluster().equals(site.cluster());
            case NETWORK -> self.network().equals(site.network());
            case UNRECOGNIZED -> true;
        };
    }

    private static int byLocality(LocalityRules rules, Site self, Site site) {
        if (self.region().equals(site.region())) {
            if (!self.zone().equals(site.zone())) {
                return 2;
            }
            return self.subzone().equals(site.subzone()) ? 0 : 1;
        }
        String standIn = rules.failover().get(self.region());
        return standIn == null || standIn.equals(site.region()) ? 3 : 4;
    }

    /// By how many of the labels, from the first on, agree with our own, or with the value that is given.
    private static int byLabels(List<String> labels, Site self, Endpoint endpoint) {
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            int equals = label.indexOf('=');
            String key = equals < 0 ? label : label.substring(0, equals);
            String wanted = equals < 0 ? placeLabel(key, self) : label.substring(equals + 1);
            String has = equals < 0 && isPlace(key)
                    ? placeLabel(key, endpoint.site())
                    : endpoint.labels().get(key);
            if (wanted == null || !wanted.equals(has)) {
                return labels.size() - i;
            }
        }
        return 0;
    }

    private static boolean isPlace(String key) {
        return placeLabel(key, Site.UNKNOWN) != null;
    }

    private static @Nullable String placeLabel(String key, Site site) {
        return switch (key) {
            case "topology.kubernetes.io/region" -> site.region();
            case "topology.kubernetes.io/zone" -> site.zone();
            case "topology.istio.io/subzone" -> site.subzone();
            case "topology.istio.io/network" -> site.network();
            case "topology.istio.io/cluster" -> site.cluster();
            case "kubernetes.io/hostname" -> site.node();
            default -> null;
        };
    }

    /// The shares for where we are; null when no entry is.
    private static @Nullable Map<String, Integer> shares(LocalityRules rules, Site self) {
        String best = null;
        for (String from : rules.distribute().keySet()) {
            if (covers(from, self.locality()) && (best == null || from.length() > best.length())) {
                best = from;
            }
        }
        return best == null ? null : rules.distribute().get(best);
    }

    /// The endpoints of the places that have a share, weighted so that each place gets its own.
    private static List<Endpoint> distributed(List<Endpoint> endpoints, Map<String, Integer> shares) {
        Map<String, List<Endpoint>> places = new HashMap<>();
        for (Endpoint endpoint : endpoints) {
            shares.keySet().stream()
                    .filter(place -> covers(place, endpoint.site().locality()))
                    .max((one, other) -> Integer.compare(one.length(), other.length()))
                    .ifPresent(place -> places.computeIfAbsent(place, _ -> new ArrayList<>())
                            .add(endpoint));
        }
        List<Endpoint> weighted = new ArrayList<>();
        places.forEach((place, members) -> {
            long sum = members.stream().mapToLong(Endpoint::weight).sum();
            int share = shares.getOrDefault(place, 0);
            if (share > 0) {
                members.forEach(member -> weighted.add(weigh(member, share, sum)));
            }
        });
        return weighted;
    }

    private static Endpoint weigh(Endpoint endpoint, int share, long sum) {
        int weight = (int) Math.max(1, Math.round(10_000.0 * share * endpoint.weight() / sum));
        return new Endpoint(
                endpoint.uid(),
                endpoint.address(),
                endpoint.ports(),
                endpoint.healthy(),
                endpoint.hbone(),
                endpoint.identity(),
                endpoint.site(),
                weight,
                endpoint.labels(),
                endpoint.info(),
                endpoint.gateway());
    }

    /// Whether a pattern such as `region/zone/*` covers `region/zone/subzone`.
    static boolean covers(String pattern, String locality) {
        if (pattern.equals("*")) {
            return true;
        }
        if (pattern.endsWith("/*")) {
            return locality.startsWith(pattern.substring(0, pattern.length() - 1));
        }
        return locality.equals(pattern) || locality.startsWith(pattern + "/");
    }
}
