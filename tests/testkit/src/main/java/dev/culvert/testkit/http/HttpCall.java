package dev.culvert.testkit.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A request to be sent. Immutable.
///
/// @param host of the Host header
/// @param headers more of them, in order
public record HttpCall(String method, String host, String path, List<Map.Entry<String, String>> headers) {
    public HttpCall {
        headers = List.copyOf(headers);
    }

    /// A GET without more headers.
    public static HttpCall get(String host, String path) {
        return new HttpCall("GET", host, path, List.of());
    }

    /// The same with another method.
    public HttpCall withMethod(String other) {
        return new HttpCall(other, host, path, headers);
    }

    /// The same with one more header.
    public HttpCall with(String name, String value) {
        List<Map.Entry<String, String>> more = new ArrayList<>(headers);
        more.add(Map.entry(name, value));
        return new HttpCall(method, host, path, more);
    }

    String head() {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
        headers.forEach(header -> text.append(header.getKey())
                .append(": ")
                .append(header.getValue())
                .append("\r\n"));
        return text.append("Connection: close\r\n\r\n").toString();
    }
}
