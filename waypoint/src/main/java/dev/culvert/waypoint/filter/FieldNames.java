package dev.culvert.waypoint.filter;

import dev.culvert.waypoint.match.TextPattern;
import java.util.Set;

/// Which header fields a filter may touch (RFC 9110, 5.1, 5.5, 7.6.1). Stateless.
final class FieldNames {
    /// They frame a message or belong to one connection: to change them is to invite request
    /// smuggling.
    private static final Set<String> FRAMING = Set.of(
            "connection",
            "content-length",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private FieldNames() {}

    /// Whether it names the authority of a request, which is no field of ours.
    static boolean isAuthority(String name) {
        return name.equalsIgnoreCase("host") || name.equalsIgnoreCase(":authority");
    }

    static boolean isFraming(String name) {
        return FRAMING.contains(TextPattern.fold(name));
    }

    /// Insists that `name` is a token that a filter may set.
    static void requireEditable(String name) throws InvalidFilter {
        requireToken(name);
        if (isFraming(name)) {
            throw new InvalidFilter("the field " + name + " belongs to the connection and cannot be set");
        }
    }

    /// Insists that `name` can be a field's name.
    static void requireToken(String name) throws InvalidFilter {
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            token &= isTokenCharacter(name.charAt(i));
        }
        if (!token) {
            throw new InvalidFilter("\"" + printable(name) + "\" is not the name of a header field");
        }
    }

    /// Insists that `value` can be a field's value.
    static void requireValue(String name, String value) throws InvalidFilter {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                throw new InvalidFilter("the value of " + name + " has a character that a header field cannot hold");
            }
        }
    }

    /// Insists that `text` can stand in a request's target or authority: no space, control or
    /// other character that would have to be quoted.
    static void requireVisible(String what, String text) throws InvalidFilter {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#' || c == '"' || c == '<' || c == '>' || c == '\\') {
                throw new InvalidFilter(what + " \"" + printable(text) + "\" has a character that it cannot hold");
            }
        }
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
