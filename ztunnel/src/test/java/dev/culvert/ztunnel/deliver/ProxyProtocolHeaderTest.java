package dev.culvert.ztunnel.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.testkit.LeakGuard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The header byte by byte, as the specification of the PROXY protocol (version 2, section 2.2) lays it out.
class ProxyProtocolHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final SpiffeId ALICE = new SpiffeId("cluster.local", "shop", "alice");

    @RegisterExtension
    final LeakGuard leaks = new LeakGuard();

    /// Signature, version and command, family and transport, length, addresses, ports.
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 40000, 10.96.0.1, 80, 21 11 000c 0a010203 0a600001 9c40 0050",
        "::1, 1, fd00::2, 65535, 21 21 0024 00000000000000000000000000000001 fd000000000000000000000000000002 0001 ffff",
        "10.1.2.3, 40000, fd00::2, 80, 21 00 0000",
        "fd00::2, 40000, 10.1.2.3, 80, 21 00 0000"
    })
    void laysOutTheAddresses(String from, int fromPort, String to, int toPort, String expected) {
        assertThat(encoded(from, fromPort, to, toPort, null)).isEqualTo(SIGNATURE + expected.replace(" ", ""));
    }

    @Test
    void carriesTheIdentityOfThePeerAsATlv() {
        String uri = "spiffe://cluster.local/ns/shop/sa/alice";
        String tlv = "d0" + "00" + HexFormat.of().toHexDigits((byte) uri.length()) + hex(uri);
        assertThat(encoded("10.1.2.3", 40000, "10.96.0.1", 80, ALICE))
                .isEqualTo(SIGNATURE + "2111" + length(12 + 3 + uri.length()) + "0a0102030a6000019c400050" + tlv);
    }

    /// A family that differs leaves the addresses out, and still says who it is.
    @Test
    void carriesTheIdentityWithoutAddressesToo() {
        String uri = ALICE.toString();
        assertThat(encoded("10.1.2.3", 40000, "fd00::2", 80, ALICE))
                .startsWith(SIGNATURE + "2100" + length(3 + uri.length()) + "d0")
                .endsWith(hex(uri));
    }

    private String encoded(String from, int fromPort, String to, int toPort, @Nullable SpiffeId identity) {
        ByteBuf bytes = new ProxyProtocolHeader(address(from, fromPort), address(to, toPort), identity)
                .encode(leaks.allocator());
        try {
            return ByteBufUtil.hexDump(bytes);
        } finally {
            bytes.release();
        }
    }

    private static String length(int bytes) {
        return HexFormat.of().toHexDigits((short) bytes);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InetSocketAddress address(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }
}
