package dev.culvert.process;

import java.nio.charset.StandardCharsets;

/// The answer of a route. Immutable; the body is not copied, so its giver must not change it afterwards.
public final class Response {
    private final int status;
    private final String contentType;
    private final byte[] body;

    private Response(int status, String contentType, byte[] body) {
        this.status = status;
        this.contentType = contentType;
        this.body = body;
    }

    public static Response of(int status, String contentType, byte[] body) {
        return new Response(status, contentType, body);
    }

    public static Response of(int status, String contentType, String body) {
        return new Response(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Response text(int status, String body) {
        return of(status, "text/plain; charset=utf-8", body);
    }

    public static Response json(int status, String body) {
        return of(status, "application/json", body);
    }

    public static Response html(int status, String body) {
        return of(status, "text/html; charset=utf-8", body);
    }

    public int status() {
        return status;
    }

    public String contentType() {
        return contentType;
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    byte[] body() {
        return body;
    }
}
