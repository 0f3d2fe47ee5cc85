package dev.culvert.waypoint.codec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Request targets and the names of hosts, as far as their form goes (RFC 9112 section 3.2).
/// Without state.
final class Targets {
    private Targets() {}

    /// A target taken apart.
    ///
    /// @param authority empty when the target names none
    record Target(String scheme, String authority, String pathAndQuery) {}

    /// The parts of `text`, or null when it is no target that we serve.
    static @Nullable Target parse(String method, String text) {
        if (text.isEmpty() || text.indexOf('#') >= 0) {
            return null;
        }
        if (text.charAt(0) == '/') {
            return new Target("http", "", text);
        }
        if (text.equals("*")) {
            return method.equals("OPTIONS") ? new Target("http", "", text) : null;
        }
        return absolute(text);
    }

    private static @Nullable Target absolute(String text) {
        int colon = text.indexOf("://");
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return null;
        }
        int from = colon + 3;
        int slash = text.indexOf('/', from);
        int query = text.indexOf('?', from);
        int end = slash < 0 ? text.length() : slash;
        end = query < 0 ? end : Math.min(end, query);
        String authority = text.substring(from, end);
        String rest = text.substring(end);
        if (authority.isEmpty() || !isAuthority(authority)) {
            return null;
        }
        return new Target(scheme, authority, rest.startsWith("/") ? rest : "/" + rest);
    }

    /// Whether `text` is a host with or without a port: no user, no path, nothing but what a name
    /// or an address has.
    static boolean isAuthority(String text) {
        if (text.isEmpty() || text.length() > 260) {
            return false;
        }
        int end = text.length();
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.charAt(0) == '[';
        if (colon >= 0 && (!bracketed || text.charAt(colon - 1) == ']')) {
            if (!isPort(text, colon + 1)) {
                return false;
            }
            end = colon;
        }
        if (bracketed) {
            return end > 2 && text.charAt(end - 1) == ']' && isAddress6(text, end - 1);
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && c != '-' && c != '.' && c != '_') {
                return false;
            }
        }
        return end > 0;
    }

    private static boolean isAddress6(String text, int end) {
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isPort(String text, int from) {
        if (text.length() - from > 5 || from == text.length()) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
