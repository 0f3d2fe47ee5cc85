package dev.culvert.waypoint.filter;

/// The two parts of an authority (RFC 3986, 3.2). Stateless.
final class Authority {
    private Authority() {}

    /// The host without its port; an IPv6 address keeps its brackets.
    static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean port = authority.startsWith("[")
                ? colon > authority.indexOf(']')
                : colon >= 0 && colon == authority.indexOf(':');
        return port ? authority.substring(0, colon) : authority;
    }
}
