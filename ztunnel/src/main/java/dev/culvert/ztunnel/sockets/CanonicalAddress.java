package dev.culvert.ztunnel.sockets;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Addresses as the mesh knows them: an IPv4 address mapped into IPv6, which is how a dual-stack socket shows one, is
/// IPv4, and an IPv6 address has no scope. Pure.
public final class CanonicalAddress {
    private static final int MAPPED_AT = 12;

    private CanonicalAddress() {}

    /// The same address in its canonical form.
    public static InetSocketAddress of(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address
                ? new InetSocketAddress(of(address.getAddress()), address.getPort())
                : address;
    }

    /// The same address in its canonical form.
    public static InetAddress of(InetAddress ip) {
        if (!(ip instanceof Inet6Address v6)) {
            return ip;
        }
        byte[] bytes = v6.getAddress();
        try {
            if (isMapped(bytes)) {
                return InetAddress.getByAddress(Arrays.copyOfRange(bytes, MAPPED_AT, bytes.length));
            }
            return v6.getScopeId() == 0 && v6.getScopedInterface() == null ? ip : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of " + bytes.length + " bytes", impossible);
        }
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < MAPPED_AT - 2; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[MAPPED_AT - 2] == (byte) 0xff && bytes[MAPPED_AT - 1] == (byte) 0xff;
    }
}
