package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.RouteFilter.Cors;
import dev.culvert.kube.resource.RouteFilter.ExternalAuth;
import dev.culvert.kube.resource.RouteFilter.Header;
import dev.culvert.kube.resource.RouteFilter.HeaderChanges;
import dev.culvert.kube.resource.RouteFilter.PathChange;
import dev.culvert.kube.resource.RouteFilter.Share;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decodes the filters of a rule or a backend.
final class RouteFilterDecoder {
    private static final int MAX_FILTERS = 16;
    private static final int MAX_HEADERS = 16;
    private static final int MAX_PATH = 1024;
    private static final int CORS_MAX_AGE_SECONDS = 5;
    private static final Set<Integer> REDIRECT_CODES = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> REPEATABLE = Set.of("RequestMirror", "ExtensionRef");
    private static final Set<String> GRPC =
            Set.of("RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef");

    private final ObjectMeta metadata;
    private final boolean grpc;

    private RouteFilterDecoder(ObjectMeta metadata, boolean grpc) {
        this.metadata = metadata;
        this.grpc = grpc;
    }

    static List<RouteFilter> ofHttp(ObjectMeta metadata, Fields owner) {
        return new RouteFilterDecoder(metadata, false).filters(owner);
    }

    static List<RouteFilter> ofGrpc(ObjectMeta metadata, Fields owner) {
        return new RouteFilterDecoder(metadata, true).filters(owner);
    }

    private List<RouteFilter> filters(Fields owner) {
        owner.size("filters", 0, MAX_FILTERS);
        Set<String> types = new HashSet<>();
        List<RouteFilter> filters = owner.objects("filters", fields -> {
            String type = fields.requiredText("type");
            RouteFilter filter = filter(type, fields);
            if (!types.add(type) && !REPEATABLE.contains(type) && !(filter instanceof RouteFilter.Unsupported)) {
                throw fields.refused("type", "is \"" + type + "\" a second time; expected this filter once");
            }
            return filter;
        });
        if (types.contains("RequestRedirect") && types.contains("URLRewrite")) {
            throw owner.refused("filters", "has RequestRedirect and URLRewrite; expected only one of them");
        }
        return filters;
    }

    private RouteFilter filter(String type, Fields fields) {
        if (grpc && !GRPC.contains(type)) {
            return new RouteFilter.Unsupported(type);
        }
        return switch (type) {
            case "RequestHeaderModifier" ->
                new RouteFilter.RequestHeaders(changes(settings(fields, "requestHeaderModifier")));
            case "ResponseHeaderModifier" ->
                new RouteFilter.ResponseHeaders(changes(settings(fields, "responseHeaderModifier")));
            case "RequestMirror" -> mirror(settings(fields, "requestMirror"));
            case "RequestRedirect" -> redirect(settings(fields, "requestRedirect"));
            case "URLRewrite" -> {
                Fields rewrite = settings(fields, "urlRewrite");
                yield new RouteFilter.UrlRewrite(rewrite.text("hostname", "", Formats.HOSTNAME), path(rewrite));
            }
            case "CORS" -> cors(settings(fields, "cors"));
            case "ExternalAuth" -> externalAuth(settings(fields, "externalAuth"));
            case "ExtensionRef" -> {
                Fields ref = settings(fields, "extensionRef");
                yield new RouteFilter.Extension(
                        ref.text("group", ""), ref.requiredText("kind"), ref.requiredText("name"));
            }
            default -> new RouteFilter.Unsupported(type);
        };
    }

    private static Fields settings(Fields filter, String name) {
        checkOnly(filter, name, "an object");
        return filter.object(name);
    }

    /// A field `type` says which one other field there is.
    private static void checkOnly(Fields fields, String name, String expected) {
        String type = fields.text("type", "");
        if (!fields.has(name)) {
            throw fields.wrong(name, expected + ", since type is \"" + type + "\"");
        }
        for (String other : fields.names()) {
            if (!other.equals("type") && !other.equals(name) && fields.has(other)) {
                throw fields.refused(other, "does not belong to the type \"" + type + "\"");
            }
        }
    }

    private static HeaderChanges changes(Fields fields) {
        fields.size("set", 0, MAX_HEADERS);
        fields.size("add", 0, MAX_HEADERS);
        fields.size("remove", 0, MAX_HEADERS);
        return new HeaderChanges(
                fields.objects("set", RouteFilterDecoder::header),
                fields.objects("add", RouteFilterDecoder::header),
                fields.texts("remove", Formats.HEADER_NAME));
    }

    private static Header header(Fields fields) {
        return new Header(
                fields.requiredText("name", Formats.HEADER_NAME), fields.requiredText("value", Formats.HEADER_VALUE));
    }

    private RouteFilter mirror(Fields fields) {
        if (fields.has("percent") && fields.has("fraction")) {
            throw fields.refused("fraction", "stands beside percent; expected only one of them");
        }
        return new RouteFilter.Mirror(backend(fields), share(fields));
    }

    private static Share share(Fields mirror) {
        if (!mirror.has("fraction")) {
            return mirror.has("percent") ? new Share(mirror.integer("percent", 0, 100, 100), 100) : Share.ALL;
        }
        Fields fields = mirror.object("fraction");
        if (!fields.has("numerator")) {
            throw fields.wrong("numerator", "a whole number");
        }
        int denominator = fields.integer("denominator", 1, Integer.MAX_VALUE, 100);
        return new Share(fields.integer("numerator", 0, denominator, 0), denominator);
    }

    private static RouteFilter redirect(Fields fields) {
        String scheme = fields.text("scheme", "");
        if (!scheme.isEmpty() && !scheme.equals("http") && !scheme.equals("https")) {
            throw fields.wrong("scheme", "http or https");
        }
        int code = fields.integer("statusCode", 100, 599, 302);
        if (!REDIRECT_CODES.contains(code)) {
            throw fields.wrong("statusCode", "301, 302, 303, 307 or 308");
        }
        return new RouteFilter.Redirect(
                scheme,
                fields.text("hostname", "", Formats.HOSTNAME),
                path(fields),
                fields.integer("port", 1, 65535, 0),
                code);
    }

    private static PathChange path(Fields owner) {
        if (!owner.has("path")) {
            return new PathChange.Keep();
        }
        Fields fields = owner.object("path");
        String type = fields.requiredText("type");
        return switch (type) {
            case "ReplaceFullPath" -> new PathChange.ReplaceFull(newPath(fields, "replaceFullPath"));
            case "ReplacePrefixMatch" -> new PathChange.ReplacePrefix(newPath(fields, "replacePrefixMatch"));
            default -> throw fields.wrong("type", "ReplaceFullPath or ReplacePrefixMatch");
        };
    }

    /// May be the empty text, but must be there.
    private static String newPath(Fields fields, String name) {
        checkOnly(fields, name, "a path");
        String path = fields.text(name, "");
        if (path.length() > MAX_PATH) {
            throw fields.wrong(name, "at most " + MAX_PATH + " characters");
        }
        return path;
    }

    private static RouteFilter cors(Fields fields) {
        return new Cors(
                aloneOrNamed(fields, "allowOrigins", fields.texts("allowOrigins", Formats.ORIGIN), 64),
                fields.flag("allowCredentials", false),
                aloneOrNamed(fields, "allowMethods", fields.texts("allowMethods", HttpRouteDecoder.METHOD_OR_ANY), 9),
                aloneOrNamed(fields, "allowHeaders", fields.texts("allowHeaders", Formats.HEADER_NAME), 64),
                fields.texts("exposeHeaders", Formats.HEADER_NAME),
                Duration.ofSeconds(fields.integer("maxAge", 1, Integer.MAX_VALUE, CORS_MAX_AGE_SECONDS)));
    }

    private static List<String> aloneOrNamed(Fields fields, String name, List<String> values, int max) {
        fields.size(name, 0, max);
        if (values.size() > 1 && values.contains("*")) {
            throw fields.refused(name, "has '*' beside other values; expected '*' alone");
        }
        return values;
    }

    private RouteFilter externalAuth(Fields fields) {
        ExternalAuth.Protocol protocol = switch (fields.requiredText("protocol")) {
            case "HTTP" -> ExternalAuth.Protocol.HTTP;
            case "GRPC" -> ExternalAuth.Protocol.GRPC;
            default -> throw fields.wrong("protocol", "HTTP or GRPC");
        };
        boolean http = protocol == ExternalAuth.Protocol.HTTP;
        if (fields.has(http ? "grpc" : "http")) {
            throw fields.refused(http ? "grpc" : "http", "does not belong to the protocol " + protocol);
        }
        Fields options = fields.object(http ? "http" : "grpc");
        return new ExternalAuth(
                protocol,
                backend(fields),
                options.text("path", "", Formats.PATH),
                options.texts("allowedHeaders"),
                options.texts("allowedResponseHeaders"),
                fields.object("forwardBody").integer("maxSize", 0, Integer.MAX_VALUE, 0));
    }

    private BackendRef backend(Fields fields) {
        return RouteDecoder.backendRef(metadata, fields.object("backendRef"));
    }
}
