package dev.culvert.process;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Where an HTTP endpoint listens: all of `required`, and those of `wanted` that the host offers. Immutable.
///
/// With port 0 the kernel chooses for the first address, and the others follow it.
public record HttpBind(List<InetSocketAddress> required, List<InetSocketAddress> wanted) {
    public HttpBind {
        required = List.copyOf(required);
        wanted = List.copyOf(wanted);
        if (required.isEmpty()) {
            throw new IllegalArgumentException("an HTTP endpoint needs an address to listen on");
        }
    }

    /// `127.0.0.1`, and `::1` where the host has it.
    public static HttpBind loopback(int port) {
        return new HttpBind(
                List.of(new InetSocketAddress(address(127, 0, 0, 1), port)),
                List.of(new InetSocketAddress(address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), port)));
    }

    /// Every address of the host, of both families where it has both.
    public static HttpBind wildcard(int port) {
        return new HttpBind(List.of(new InetSocketAddress(port)), List.of());
    }

    public static HttpBind to(InetSocketAddress address) {
        return new HttpBind(List.of(address), List.of());
    }

    private static InetAddress address(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
