package dev.culvert.waypoint.policy.path;

import java.util.List;
import java.util.Locale;

/// The host that a request names, in the spellings that mean the same.
///
/// Pure.
public final class HostName {
    private HostName() {}

    /// An authority in lower case without a dot at the end of its host: with its port and
    /// without it. Empty when
    /// there is no authority.
    public static List<String> readings(String authority) {
        if (authority.isEmpty()) {
            return List.of();
        }
        String lower = authority.toLowerCase(Locale.ROOT);
        int colon = portColon(lower);
        if (colon < 0) {
            return List.of(withoutDot(lower));
        }
        String host = withoutDot(lower.substring(0, colon));
        return List.of(host + lower.substring(colon), host);
    }

    /// Whether an authority is nothing but a host and a port, so that no server can see another
    /// host in it.
    public static boolean isPlain(String authority) {
        for (int i = 0; i < authority.length(); i++) {
            char c = authority.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~:[]%!$&'()*+;=".indexOf(c) >= 0;
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /// A value of a policy, in the same form as the readings.
    public static String canonical(String value) {
        List<String> readings = readings(value);
        return readings.isEmpty() ? "" : readings.getFirst();
    }

    private static int portColon(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean insideBrackets = authority.indexOf(']', Math.max(colon, 0)) >= 0;
        boolean bareIpv6 = authority.indexOf(':') != colon && !authority.startsWith("[");
        return insideBrackets || bareIpv6 ? -1 : colon;
    }

    private static String withoutDot(String host) {
        return host.length() > 1 && host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
