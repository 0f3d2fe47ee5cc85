package dev.culvert.hbone.header;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderFieldsTest {

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4:80, 1.2.3.4:80, true",
        "[2001:db8::1]:15008, [2001:db8::1]:15008, true",
        "[0:0:0:0:0:0:0:1]:1, [::1]:1, true",
        "echo.default.svc.cluster.local:8080, echo.default.svc.cluster.local:8080, false",
        "localhost:65535, localhost:65535, false",
    })
    void anAuthorityIsParsedAndPrinted(String text, String printed, boolean address) {
        Authority authority = Authority.tryParse(text);

        assertThat(authority).isNotNull().hasToString(printed);
        assertThat(authority instanceof Authority.Address).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":80",
                "host",
                "host:",
                "host:0",
                "host:65536",
                "host:-1",
                "host:+80",
                "1.2.3.4",
                "1.2.3.4:http",
                "[::1]",
                "::1:80",
                "[::1:80",
                "[1.2.3.4]:80",
                "[fe80::1%eth0]:80",
                "a b:80",
                "user@host:80",
                "host:080000"
            })
    void whatLacksHostOrPortIsNoAuthority(String text) {
        assertThat(Authority.tryParse(text)).isNull();
    }

    @Test
    void anAuthorityIsMadeOfAnAddress() {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

        assertThat(Authority.of(address)).hasToString("127.0.0.1:80");
        assertThatThrownBy(() -> new Authority.Hostname("bad host", 80)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Authority.Hostname("host", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void baggageIsPrintedInIstiosOrderWithoutEmptyMembers() {
        Baggage full = new Baggage("c1", "ns", "deployment", "web", "web-svc", "v1", "r1", "z1");
        assertThat(full.print())
                .isEqualTo("k8s.cluster.name=c1,k8s.namespace.name=ns,k8s.deployment.name=web,"
                        + "service.name=web-svc,service.version=v1,cloud.region=r1,cloud.availability_zone=z1");
        assertThat(Baggage.parse(List.of(full.print()))).isEqualTo(full);
        assertThat(Baggage.EMPTY.print()).isEmpty();
        assertThat(new Baggage(null, "ns", "pod", "", null, null, null, null).print())
                .isEqualTo("k8s.namespace.name=ns");
    }

    @Test
    void baggageIsReadFromAllInstancesOfTheHeader() {
        Baggage read =
                Baggage.parse(List.of("k8s.cluster.name=c1,unknown=x", "k8s.job.name=nightly=extra,service.name="));

        assertThat(read).isEqualTo(new Baggage("c1", null, "job", "nightly", null, null, null, null));
    }

    @Test
    void baggageThatIsNotVisibleAsciiIsIgnoredAsAWhole() {
        assertThat(Baggage.parse(List.of("k8s.cluster.name=c1", "service.name=caf\u00e9")))
                .isEqualTo(Baggage.EMPTY);
    }

    @Test
    void baggageValuesAreCutOffPastTheLengthOfAName() {
        Baggage read = Baggage.parse(List.of("service.name=" + "a".repeat(60_000)));

        assertThat(read.serviceName()).isEqualTo("a".repeat(Baggage.MOST_CHARACTERS));
    }

    @Test
    void forwardedNamesTheClientAndTheService() throws UnknownHostException {
        var v4 = new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 4242);
        var v6 = new InetSocketAddress(InetAddress.getByName("2001:db8::1"), 1);

        assertThat(new Forwarded(v4, "web.ns.svc").print()).isEqualTo("for=\"10.0.0.1:4242\";host=web.ns.svc");
        assertThat(new Forwarded(v6, null).print()).isEqualTo("for=\"[2001:db8::1]:1\"");
        assertThat(Forwarded.EMPTY.print()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=\"10.0.0.1:1\";host=web.ns.svc | web.ns.svc",
                "host=\"web.ns.svc\"; for=x | web.ns.svc",
                "for=x ; host=a;host=b | a",
                "for=x |",
                "host= |",
                "host=caf\u00e9 |",
            })
    void onlyTheHostOfForwardedIsRead(String text, String host) {
        assertThat(Forwarded.parse(text)).isEqualTo(new Forwarded(null, host));
    }

    @Test
    void aTraceParentIsRandomOrExactlyOfItsForm() {
        TraceParent random = TraceParent.random();

        assertThat(random.value()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        assertThat(TraceParent.tryParse(random.value())).isEqualTo(random);
        assertThat(TraceParent.random()).isNotEqualTo(random);
        assertThat(TraceParent.tryParse(random.value() + "0")).isNull();
        assertThat(TraceParent.tryParse(random.value().replace('-', '_'))).isNull();
        assertThat(TraceParent.tryParse("zz" + random.value().substring(2))).isNull();
    }
}
