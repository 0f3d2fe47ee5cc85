package dev.culvert.waypoint.policy;

import java.util.ArrayList;
import java.util.List;

/// What the key of a condition is about.
///
/// Immutable.
sealed interface Attribute {

    /// Whether it can be told.
    ///
    /// @param http whether there is a head of a request
    /// @param token whether the claims of its token are known yet
    boolean isKnown(boolean http, boolean token);

    /// `request.headers[name]`.
    record Header(String name) implements Attribute {
        @Override
        public boolean isKnown(boolean http, boolean token) {
            return http;
        }
    }

    /// `request.auth.claims[a][b]`, and what has a claim of its own.
    record Claim(List<String> path) implements Attribute {
        public Claim {
            path = List.copyOf(path);
        }

        @Override
        public boolean isKnown(boolean http, boolean token) {
            return token;
        }
    }

    /// What needs no name in brackets.
    enum Plain implements Attribute {
        REQUEST_PRINCIPAL("request.auth.principal"),
        SOURCE_IP("source.ip"),
        SOURCE_NAMESPACE("source.namespace"),
        SOURCE_PRINCIPAL("source.principal"),
        SOURCE_SERVICE_ACCOUNT("source.serviceAccount"),
        REMOTE_IP("remote.ip"),
        DESTINATION_IP("destination.ip"),
        DESTINATION_PORT("destination.port"),
        SERVER_NAME("connection.sni"),
        /// A key that we do not have, Envoy's metadata among them.
        UNKNOWN("");

        private final String key;

        Plain(String key) {
            this.key = key;
        }

        @Override
        public boolean isKnown(boolean http, boolean token) {
            return switch (this) {
                case REQUEST_PRINCIPAL -> token;
                case REMOTE_IP -> http;
                case UNKNOWN -> false;
                case SOURCE_IP,
                        SOURCE_NAMESPACE,
                        SOURCE_PRINCIPAL,
                        SOURCE_SERVICE_ACCOUNT,
                        DESTINATION_IP,
                        DESTINATION_PORT,
                        SERVER_NAME -> true;
            };
        }
    }

    /// The attribute that `key` names.
    static Attribute of(String key) {
        for (Plain plain : Plain.values()) {
            if (plain.key.equals(key) && plain != Plain.UNKNOWN) {
                return plain;
            }
        }
        if (key.equals("request.auth.audiences")) {
            return new Claim(List.of("aud"));
        }
        if (key.equals("request.auth.presenter")) {
            return new Claim(List.of("azp"));
        }
        List<String> names = namesInBrackets(key);
        if (key.startsWith("request.headers[") && names.size() == 1) {
            return new Header(names.getFirst());
        }
        return key.startsWith("request.auth.claims[") && !names.isEmpty() ? new Claim(names) : Plain.UNKNOWN;
    }

    /// `a` and `b` of `key[a][b]`; none when it is not of this form.
    private static List<String> namesInBrackets(String key) {
        List<String> names = new ArrayList<>();
        int at = key.indexOf('[');
        while (at >= 0 && at < key.length()) {
            int close = key.indexOf(']', at);
            if (key.charAt(at) != '[' || close <= at + 1) {
                return List.of();
            }
            names.add(key.substring(at + 1, close));
            at = close + 1;
        }
        return names;
    }
}
