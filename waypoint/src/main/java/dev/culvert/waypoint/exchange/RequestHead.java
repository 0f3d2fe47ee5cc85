package dev.culvert.waypoint.exchange;

import io.netty.handler.codec.http.HttpHeaders;

/// Method, target and fields of a request, of whichever version of HTTP.
///
/// Confined to the event loop of its exchange. `Host` is not among the fields: it is [#authority].
public final class RequestHead {
    private String method;
    private String scheme;
    private String authority;
    private String target;
    private final HttpHeaders headers;

    /// @param scheme `http` or `https`, as the client means it
    /// @param authority host and port as the client wrote them; empty when it named none
    /// @param target path and query, such as `/a/b?c=d`; `*` for a request about the server
    public RequestHead(String method, String scheme, String authority, String target, HttpHeaders headers) {
        this.method = method;
        this.scheme = scheme;
        this.authority = authority;
        this.target = target;
        this.headers = headers;
    }

    public String method() {
        return method;
    }

    public void method(String value) {
        method = value;
    }

    public String scheme() {
        return scheme;
    }

    public void scheme(String value) {
        scheme = value;
    }

    public String authority() {
        return authority;
    }

    public void authority(String value) {
        authority = value;
    }

    /// Path and query.
    public String target() {
        return target;
    }

    public void target(String value) {
        target = value;
    }

    /// The target without its query.
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /// What follows the first `?`, without it; empty when there is none.
    public String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /// Fields other than pseudo fields and `Host`; names are compared without regard to case.
    public HttpHeaders headers() {
        return headers;
    }

    /// Whether it is a call of gRPC, by its content type.
    public boolean isGrpc() {
        String type = headers.get("content-type");
        return type != null
                && type.startsWith("application/grpc")
                && (type.length() == 16 || type.charAt(16) == '+' || type.charAt(16) == ';');
    }

    @Override
    public String toString() {
        return method + " " + scheme + "://" + authority + target;
    }
}
