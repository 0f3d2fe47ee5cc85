package dev.culvert.controlplane.keys;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Gets a document by HTTP, from addresses that a guard allows. Thread-safe; a caller's thread waits, the I/O is
/// done on a loop of its own.
///
/// A name is looked up once for a request, and the connection goes to the address that was judged: a name
/// that changes its mind between the two leads nowhere else.
public final class KeyClient implements AutoCloseable {
    /// The longest document that is taken.
    static final int MOST_BYTES = 1 << 20;

    private static final int MOST_REDIRECTS = 3;
    private static final int LINE_BYTES = 4_096;
    private static final int HEADER_BYTES = 16_384;

    private final AddressGuard guard;
    private final SslContext tls;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("jwks", true), NioIoHandler.newFactory());

    /// @throws IOException when there are no certificates to trust
    public KeyClient(AddressGuard guard) throws IOException {
        this(guard, SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build());
    }

    KeyClient(AddressGuard guard, SslContext tls) {
        this.guard = guard;
        this.tls = tls;
    }

    /// The document at `address`, redirects followed.
    ///
    /// @param timeout for all of it
    /// @throws IOException that says what an operator should look at
    String get(String address, Duration timeout) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        URI uri = uri(address);
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            switch (ask(uri, deadline, timeout)) {
                case KeyResponse.Document(String text) -> {
                    return text;
                }
                case KeyResponse.Moved(String location) -> {
                    URI next = uri(uri.resolve(location).toString());
                    if (isTls(uri) && !isTls(next)) {
                        throw new IOException(uri + " redirects to " + next + ", which is not protected by TLS");
                    }
                    uri = next;
                }
            }
        }
        throw new IOException(address + " redirects more than " + MOST_REDIRECTS + " times");
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    private static URI uri(String address) throws IOException {
        try {
            URI uri = URI.create(address);
            if ((isTls(uri) || "http".equals(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException _) {
            // Told below.
        }
        throw new IOException("'" + address + "' is no URL that starts http:// or https://");
    }

    private static boolean isTls(URI uri) {
        return "https".equals(uri.getScheme());
    }

    /// Asks the addresses of the host one after the other.
    private KeyResponse ask(URI uri, long deadline, Duration timeout) throws IOException, InterruptedException {
        IOException last = null;
        for (InetAddress address : resolve(uri.getHost(), deadline, timeout)) {
            if (!guard.allows(address)) {
                throw new IOException(uri + " leads to " + address.getHostAddress()
                        + ", which is the control plane's own host, its link or a metadata service");
            }
            try {
                return ask(uri, address, deadline, timeout);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last == null ? new IOException("the host of " + uri + " has no address") : last;
    }

    private KeyResponse ask(URI uri, InetAddress address, long deadline, Duration timeout)
            throws IOException, InterruptedException {
        int port = uri.getPort() > 0 ? uri.getPort() : isTls(uri) ? 443 : 80;
        CompletableFuture<KeyResponse> response = new CompletableFuture<>();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, millisLeft(deadline)))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (isTls(uri)) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), host(uri), port));
                        }
                        channel.pipeline()
                                .addLast(new HttpClientCodec(LINE_BYTES, HEADER_BYTES, LINE_BYTES))
                                .addLast(new HttpObjectAggregator(MOST_BYTES))
                                .addLast(new KeyRequestHandler(uri, response));
                    }
                });
        Channel channel = bootstrap
                .connect(new InetSocketAddress(address, port))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        response.completeExceptionally(connected.cause());
                    }
                })
                .channel();
        try {
            return await(response, "no answer of " + uri, deadline, timeout);
        } finally {
            channel.close();
        }
    }

    /// As a certificate has it: without the brackets of an IPv6 address.
    private static String host(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static InetAddress[] resolve(String host, long deadline, Duration timeout)
            throws IOException, InterruptedException {
        CompletableFuture<InetAddress[]> found = new CompletableFuture<>();
        Thread.ofVirtual().name("jwks-lookup").start(() -> {
            try {
                found.complete(InetAddress.getAllByName(host));
            } catch (UnknownHostException e) {
                found.completeExceptionally(new IOException("the name " + host + " cannot be resolved", e));
            }
        });
        return await(found, "no address of " + host, deadline, timeout);
    }

    private static <T> T await(CompletableFuture<T> future, String late, long deadline, Duration timeout)
            throws IOException, InterruptedException {
        try {
            return future.get(Math.max(1, millisLeft(deadline)), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(late + " within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private static long millisLeft(long deadline) {
        return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    }
}
