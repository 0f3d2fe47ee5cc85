package dev.culvert.hbone.header;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/// The `:authority` of a CONNECT: where the tunnel leads to. Immutable.
public sealed interface Authority {

    /// Port that the tunnel leads to, 1 to 65,535.
    int port();

    /// An address and a port, printed as `1.2.3.4:80` or `[::1]:80`.
    record Address(InetAddress ip, int port) implements Authority {
        public Address {
            checkPort(port);
        }

        /// The same as a socket address.
        public InetSocketAddress socketAddress() {
            return new InetSocketAddress(ip, port);
        }

        @Override
        public String toString() {
            return print(ip, port);
        }
    }

    /// The name of a service and a port, printed as `name:80`.
    record Hostname(String name, int port) implements Authority {
        public Hostname {
            checkPort(port);
            if (!legalName(name)) {
                throw new IllegalArgumentException("'" + name + "' cannot be the host of an authority");
            }
        }

        @Override
        public String toString() {
            return name + ":" + port;
        }
    }

    /// The authority of an address.
    static Authority of(InetSocketAddress address) {
        return new Address(address.getAddress(), address.getPort());
    }

    /// The authority that `text` spells, or null when host or port are missing or out of form.
    static @Nullable Authority tryParse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return null;
        }
        int port = parsePort(text, colon + 1);
        if (port < 1) {
            return null;
        }
        boolean bracketed = text.charAt(0) == '[' && text.charAt(colon - 1) == ']';
        String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
        if (bracketed) {
            return NetUtil.isValidIpV6Address(host) && host.indexOf('%') < 0 ? address(host, port) : null;
        }
        if (NetUtil.isValidIpV4Address(host)) {
            return address(host, port);
        }
        return legalName(host) ? new Hostname(host, port) : null;
    }

    /// An address and port in the form of an authority.
    static String print(InetAddress ip, int port) {
        String host = NetUtil.toAddressString(ip);
        return ip instanceof Inet6Address ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static @Nullable Authority address(String host, int port) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        if (bytes == null) {
            return null;
        }
        try {
            return new Address(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int parsePort(String text, int from) {
        int digits = text.length() - from;
        if (digits < 1 || digits > 5) {
            return -1;
        }
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + (c - '0');
        }
        return port <= 65_535 ? port : -1;
    }

    private static boolean legalName(String name) {
        if (name.isEmpty() || name.length() > 253) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!legal && c != '-' && c != '.' && c != '_') {
                return false;
            }
        }
        return true;
    }

    private static void checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " of an authority is not within 1 to 65535");
        }
    }
}
