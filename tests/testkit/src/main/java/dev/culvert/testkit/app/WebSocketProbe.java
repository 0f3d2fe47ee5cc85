package dev.culvert.testkit.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The JDK's WebSocket client against an echo: text messages one after another, then one large binary message.
///
/// Arguments: URI, how many, bytes of the large one. Prints `ok` and exits with 0 when all came back.
public final class WebSocketProbe implements WebSocket.Listener {
    private static final long LIMIT_SECONDS = 20;

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private long bytes;

    private WebSocketProbe() {}

    /// Runs the exchange.
    public static void main(String[] arguments) throws Exception {
        WebSocketProbe probe = new WebSocketProbe();
        try (HttpClient client = HttpClient.newHttpClient()) {
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create(arguments[0]), probe)
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
                socket.sendText("message " + i, true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
                probe.expect("message " + i);
            }
            int large = Integer.parseInt(arguments[2]);
            socket.sendBinary(ByteBuffer.allocate(large), true).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            probe.expect("binary " + large);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(LIMIT_SECONDS, TimeUnit.SECONDS);
            probe.expect("close " + WebSocket.NORMAL_CLOSURE);
        }
        System.out.println("ok");
    }

    private void expect(String wanted) throws InterruptedException {
        String came = messages.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!wanted.equals(came)) {
            throw new IllegalStateException("expected " + wanted + ", but there came " + came);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            messages.add(text.toString());
            text.setLength(0);
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        bytes += data.remaining();
        if (last) {
            messages.add("binary " + bytes);
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        messages.add("close " + code);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        messages.add(error.toString());
    }
}
