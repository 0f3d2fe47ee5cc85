package dev.culvert.waypoint.route;

import com.google.protobuf.TextFormat;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.waypoint.exchange.RequestHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;

/// Requests and routes as short texts.
final class Requests {
    private Requests() {}

    /// `GET /a?b=c name: value|name: value`; the fields may be left out.
    static RequestHead request(String text) {
        String[] words = text.split(" ", 3);
        RequestHead head = new RequestHead(words[0], "http", "echo", words[1], new DefaultHttpHeaders());
        if (words.length > 2) {
            for (String field : words[2].split("\\|", -1)) {
                String[] parts = field.split(": ?", 2);
                head.headers().add(parts[0].strip(), parts[1]);
            }
        }
        return head;
    }

    static RouteSet routes(String text) {
        try {
            return TextFormat.parse(text, RouteSet.class);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// A rule with one backend of the same name.
    static String rule(String name, String rest) {
        return "http { name: '%s' backends { cluster: '%s' port: 80 weight: 1 } %s }\n".formatted(name, name, rest);
    }
}
