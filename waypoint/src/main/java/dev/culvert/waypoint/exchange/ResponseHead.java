package dev.culvert.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;

/// Status and fields of a response, of whichever version of HTTP. Confined to the event loop of its exchange.
public final class ResponseHead {
    private int status;
    private final HttpHeaders headers;

    public ResponseHead(int status, HttpHeaders headers) {
        this.status = status;
        this.headers = headers;
    }

    public int status() {
        return status;
    }

    public void status(int value) {
        status = value;
    }

    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public String toString() {
        return "status " + status;
    }
}
