package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Format;
import java.net.InetAddress;
import java.util.Base64;

/// How names and values look in the APIs that the mesh reads. Immutable.
final class Formats {
    private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL + "(?:\\." + LABEL + ")*";

    /// The name of an object or of a part of one.
    static final Format NAME =
            Format.of(SUBDOMAIN, 253, "a name of lower-case letters, digits, '-' and '.', at most 253 characters");
    static final Format NAMESPACE =
            Format.of(LABEL, 63, "a namespace of lower-case letters, digits and '-', at most 63 characters");
    static final Format NAMED_PART =
            Format.of(LABEL, 63, "a name of lower-case letters, digits and '-', at most 63 characters");
    static final Format HOSTNAME = Format.of(SUBDOMAIN, 253, "a host name such as api.example.com");
    static final Format WILDCARD_HOSTNAME =
            Format.of("(?:\\*\\.)?" + SUBDOMAIN, 253, "a host name such as api.example.com or *.example.com");
    static final Format HEADER_NAME =
            Format.of("[-A-Za-z0-9!#$%&'*+.^_`|~]+", 256, "a header name (RFC 9110, 5.1) of at most 256 characters");
    static final Format HEADER_VALUE = new Format(
            Formats::isHeaderValue,
            "a header value of 1 to 4096 visible ASCII characters, with single blanks between them");
    static final Format PATH = Format.of(
            "(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+", 1024, "a path (RFC 3986, 3.3) of URL characters");
    static final Format ORIGIN = Format.of(
            "\\*|https?://(?:\\*|(?:\\*\\.)?(?:[-a-zA-Z0-9]+\\.)*[-a-zA-Z0-9]+)(?::[0-9]{1,5})?",
            253,
            "'*' or an origin such as https://example.com or https://*.example.com:8443");

    static final Format SUBNET = new Format(Formats::isSubnet, "an IP address or a block such as 10.0.0.0/8");
    static final Format BASE64 = new Format(Formats::isBase64, "bytes in base64");

    private Formats() {}

    private static boolean isSubnet(String text) {
        int slash = text.indexOf('/');
        String bits = slash < 0 ? "0" : text.substring(slash + 1);
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= address.getAddress().length * 8;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean isBase64(String text) {
        try {
            var _ = Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean isHeaderValue(String text) {
        boolean blank = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean wasBlank = blank;
            blank = c == ' ' || c == '\t';
            if (blank ? wasBlank : c < '!' || c > '~') {
                return false;
            }
        }
        return !blank && text.length() <= 4096;
    }
}
