package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/// Answers of our own as responses. Without state.
final class LocalReplies {
    /// What a client of Istio expects to read.
    static final String SERVER = "istio-envoy";

    private static final int OK = 200;

    private LocalReplies() {}

    /// The head of an answer; its body is the reply's.
    static ResponseHead head(LocalReply reply) {
        HttpHeaders headers = new DefaultHttpHeaders();
        reply.fields().stream()
                .filter(field -> !field.getKey().equals("grpc-status"))
                .forEach(field -> headers.add(field.getKey(), field.getValue()));
        if (reply.body().length() > 0) {
            headers.set(
                    HttpHeaderNames.CONTENT_LENGTH,
                    Integer.toString(reply.body().length()));
            if (!headers.contains(HttpHeaderNames.CONTENT_TYPE)) {
                headers.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN);
            }
        }
        stamp(headers);
        return new ResponseHead(reply.status(), headers);
    }

    /// The same for a call of gRPC: a response without a body, whose fields tell the status.
    static ResponseHead grpcHead(LocalReply reply) {
        HttpHeaders headers = new DefaultHttpHeaders();
        reply.fields().forEach(field -> headers.add(field.getKey(), field.getValue()));
        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/grpc");
        if (!headers.contains("grpc-status")) {
            headers.set("grpc-status", Integer.toString(grpcStatus(reply.status())));
        }
        if (reply.body().length() > 0 && !headers.contains("grpc-message")) {
            headers.set("grpc-message", encoded(reply.body().toText().strip()));
        }
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        stamp(headers);
        return new ResponseHead(OK, headers);
    }

    private static void stamp(HttpHeaders headers) {
        headers.set(HttpHeaderNames.SERVER, SERVER);
        headers.set(
                HttpHeaderNames.DATE, DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    }

    /// A whole response of HTTP/1 that ends its connection.
    static FullHttpResponse http1(LocalReply reply) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()),
                reply.body().toBuffer());
        response.headers().set(head(reply).headers());
        response.headers()
                .set(
                        HttpHeaderNames.CONTENT_LENGTH,
                        Integer.toString(reply.body().length()));
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (reply.status() == HttpResponseStatus.UPGRADE_REQUIRED.code()) {
            response.headers().set(HttpHeaderNames.UPGRADE, "HTTP/1.1");
        }
        return response;
    }

    /// The status of gRPC that corresponds to one of HTTP, as gRPC's own table has it.
    static int grpcStatus(int status) {
        return switch (status) {
            case 400 -> 13;
            case 401 -> 16;
            case 403 -> 7;
            case 404 -> 12;
            case 429, 502, 503, 504 -> 14;
            default -> 2;
        };
    }

    /// Percent-encoding, as `grpc-message` wants it.
    private static String encoded(String text) {
        QueryStringEncoder encoder = new QueryStringEncoder("", StandardCharsets.UTF_8);
        encoder.addParam("m", text);
        return encoder.toString().substring("?m=".length()).replace("+", "%20");
    }
}
