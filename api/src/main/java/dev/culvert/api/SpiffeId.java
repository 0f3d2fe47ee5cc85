package dev.culvert.api;

import org.jspecify.annotations.Nullable;

/// A workload identity of the form `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`.
///
/// The grammar is that of Istio: exactly five tokens, none of them empty. Comparison is exact.
public record SpiffeId(String trustDomain, String namespace, String serviceAccount) {
    private static final String SCHEME = "spiffe://";

    public SpiffeId {
        check("trust domain", trustDomain);
        check("namespace", namespace);
        check("service account", serviceAccount);
    }

    private static void check(String what, String value) {
        if (!legal(value)) {
            throw new IllegalArgumentException("SPIFFE " + what + " is '" + value
                    + "'; expected a non-empty name of visible characters without '/'");
        }
    }

    private static boolean legal(String token) {
        if (token.isEmpty()) {
            return false;
        }
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            if (c <= ' ' || c == '/' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /// The identity that `uri` spells, or null when it is not of this form.
    public static @Nullable SpiffeId tryParse(String uri) {
        if (!uri.startsWith(SCHEME)) {
            return null;
        }
        String[] tokens = uri.substring(SCHEME.length()).split("/", -1);
        if (tokens.length != 5 || !tokens[1].equals("ns") || !tokens[3].equals("sa")) {
            return null;
        }
        if (!legal(tokens[0]) || !legal(tokens[2]) || !legal(tokens[4])) {
            return null;
        }
        return new SpiffeId(tokens[0], tokens[2], tokens[4]);
    }

    /// The identity that `uri` spells.
    ///
    /// @throws IllegalArgumentException when it is not of this form
    public static SpiffeId parse(String uri) {
        SpiffeId id = tryParse(uri);
        if (id == null) {
            throw new IllegalArgumentException("'" + uri + "' is no workload identity; expected spiffe://<trust domain>"
                    + "/ns/<namespace>/sa/<service account>");
        }
        return id;
    }

    /// Without the scheme, the form that policies name: `td/ns/x/sa/y`.
    public String principal() {
        return trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    /// The URI.
    @Override
    public String toString() {
        return SCHEME + principal();
    }
}
