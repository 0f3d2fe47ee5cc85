package dev.culvert.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine.Option;

/// Asks a proxy's admin endpoint. Confined to the main thread.
final class AdminClient {
    @Option(
            names = "--address",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:15000",
            description = "Admin endpoint of the proxy; default ${DEFAULT-VALUE}.")
    private String address = "127.0.0.1:15000";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "How long to wait for the answer; default ${DEFAULT-VALUE}.")
    private int timeoutSeconds = 10;

    String get(String path) throws IOException, InterruptedException {
        return send(path, "GET");
    }

    String post(String path) throws IOException, InterruptedException {
        return send(path, "POST");
    }

    private String send(String path, String method) throws IOException, InterruptedException {
        Duration timeout = Duration.ofSeconds(timeoutSeconds);
        URI uri;
        try {
            uri = URI.create("http://" + address + path);
        } catch (IllegalArgumentException e) {
            throw new IOException("'" + address + "' is no address; expected host:port", e);
        }
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build()) {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                throw new IOException(uri + " answered " + response.statusCode() + ": "
                        + response.body().strip());
            }
            return response.body();
        } catch (java.net.ConnectException e) {
            throw new IOException(
                    "nothing listens on " + address
                            + "; a proxy's admin endpoint is on loopback of its own host or pod",
                    e);
        }
    }
}
