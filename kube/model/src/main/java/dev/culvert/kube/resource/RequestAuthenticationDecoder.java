package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Format;
import dev.culvert.kube.resource.RequestAuthentication.ClaimHeader;
import dev.culvert.kube.resource.RequestAuthentication.FromHeader;
import dev.culvert.kube.resource.RequestAuthentication.JwtRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Decodes a RequestAuthentication.
final class RequestAuthenticationDecoder {
    private static final Format NOT_EMPTY = new Format(text -> !text.isEmpty(), "a string that is not empty");
    private static final Format URL = new Format(
            RequestAuthenticationDecoder::isUrl, "a URL of at most 2048 characters that starts http:// or https://");
    private static final Format CLAIM_HEADER =
            Format.of("[-_A-Za-z0-9]+", 256, "a header name of letters, digits, '-' and '_'");
    private static final int MAX_SPACE_DELIMITED = 64;

    private RequestAuthenticationDecoder() {}

    static RequestAuthentication decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new RequestAuthentication(
                metadata,
                spec.object("selector").textMap("matchLabels"),
                TargetRefDecoder.targetsOrSelector(metadata, spec),
                spec.objects("jwtRules", RequestAuthenticationDecoder::jwtRule),
                MetadataDecoder.conditions(fields.object("status")));
    }

    private static JwtRule jwtRule(Fields fields) {
        // The name of the field in the first versions of the API is still read.
        String uri = fields.text(fields.has("jwksUri") ? "jwksUri" : "jwks_uri", "", URL);
        String keys = fields.text("jwks", "");
        if (!uri.isEmpty() && !keys.isEmpty()) {
            throw fields.refused("jwks", "stands beside jwksUri; expected only one of them");
        }
        fields.size("spaceDelimitedClaims", 0, MAX_SPACE_DELIMITED);
        return new JwtRule(
                fields.text("issuer", "", NOT_EMPTY),
                fields.texts("audiences", NOT_EMPTY),
                uri,
                keys,
                fields.objects(
                        "fromHeaders",
                        header -> new FromHeader(
                                header.requiredText("name", Formats.HEADER_NAME), header.text("prefix", ""))),
                fields.texts("fromParams", NOT_EMPTY),
                fields.texts("fromCookies", NOT_EMPTY),
                fields.text("outputPayloadToHeader", ""),
                claimHeaders(fields),
                fields.flag("forwardOriginalToken", false),
                fields.duration("timeout"),
                fields.texts("spaceDelimitedClaims", NOT_EMPTY));
    }

    private static List<ClaimHeader> claimHeaders(Fields rule) {
        Set<String> headers = new HashSet<>();
        return rule.objects("outputClaimToHeaders", fields -> {
            String header = fields.requiredText("header", CLAIM_HEADER);
            if (!headers.add(header.toLowerCase(Locale.ROOT))) {
                throw fields.refused(
                        "header", "is the header \"" + header + "\" a second time; expected one that is unique");
            }
            return new ClaimHeader(header, fields.requiredText("claim"));
        });
    }

    private static boolean isUrl(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return http && uri.getHost() != null && text.length() <= 2048;
        } catch (URISyntaxException _) {
            return false;
        }
    }
}
