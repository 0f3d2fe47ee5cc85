package dev.culvert.controlplane.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressGuardTest {
    private final AddressGuard guard = new AddressGuard(/* loopback= */ false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.9.1",
                "::1",
                "0.0.0.0",
                "0.1.2.3",
                "::",
                "169.254.169.254",
                "169.254.1.1",
                "fe80::1",
                "224.0.0.1",
                "ff02::1",
                "fd00:ec2::254",
                "100.100.100.200",
                "168.63.129.16",
                "::ffff:169.254.169.254",
                "64:ff9b::169.254.169.254",
                "64:ff9b::7f00:1",
                "2002:a9fe:a9fe::1"
            })
    void refusesTheOwnHostItsLinkAndMetadataServices(String address) {
        assertThat(guard.allows(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.96.0.7", "192.168.1.1", "203.0.113.9", "2001:db8::1", "fd00::7", "64:ff9b::808:808"})
    void allowsOthersPrivateOnesToo(String address) {
        assertThat(guard.allows(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void allowsTheOwnHostWhenTheOperatorSaysSo() {
        AddressGuard open = new AddressGuard(/* loopback= */ true);
        assertThat(open.allows(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
        assertThat(open.allows(InetAddress.ofLiteral("169.254.169.254"))).isFalse();
    }
}
