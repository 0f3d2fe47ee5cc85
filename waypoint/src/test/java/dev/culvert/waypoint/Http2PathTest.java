package dev.culvert.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.waypoint.Protocol;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http2PathTest {
    private static final String GRPC = "application/grpc";

    private final WaypointLab lab;
    private final H2Backend backend = new H2Backend(100, true);

    Http2PathTest() throws IOException {
        lab = new WaypointLab();
    }

    @BeforeEach
    void serve() {
        lab.serve(Protocol.GRPC, List.of(), backend.port());
    }

    @AfterEach
    void close() {
        backend.close();
        lab.close();
    }

    private ExchangeRecord ended() {
        Awaitility.await().until(() -> !lab.ended().isEmpty());
        return lab.ended().getFirst();
    }

    private static String message(String content) {
        return "\0\0\0\0" + (char) content.length() + content;
    }

    @Test
    void carriesARequestToABackendAndItsAnswerBack() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("GET", "/a?b=c", true, "x-one", "1");
        H2Stream served = backend.take();
        Http2Headers head = served.awaitHead();
        assertThat(head.method()).hasToString("GET");
        assertThat(head.path()).hasToString("/a?b=c");
        assertThat(head.authority()).hasToString("web");
        assertThat(head.get("x-one")).hasToString("1");
        assertThat(served.isEnded()).isTrue();
        served.head(false, ":status", "200", "x-two", "2");
        served.data("hello", true);
        assertThat(call.awaitEnd()).isEqualTo("hello");
        assertThat(call.awaitHead().status()).hasToString("200");
        assertThat(call.awaitHead().get("x-two")).hasToString("2");
        assertThat(call.awaitHead().get("server")).hasToString("istio-envoy");
        assertThat(ended().status).isEqualTo(200);
        assertThat(ended().protocol).isEqualTo("HTTP/2");
    }

    @Test
    void streamsMessagesOfGrpcBothWaysAndTellsTheStatus() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/pkg.Svc/Talk", false, "content-type", GRPC, "te", "trailers");
        H2Stream served = backend.take();
        assertThat(served.awaitHead().get("te")).hasToString("trailers");
        for (int i = 0; i < 3; i++) {
            call.data(message("ask" + i), false);
            served.awaitBody("ask" + i);
            if (i == 0) {
                served.head(false, ":status", "200", "content-type", GRPC);
            }
            served.data(message("answer" + i), false);
            call.awaitBody("answer" + i);
        }
        call.data("", true);
        served.awaitEnd();
        served.head(true, "grpc-status", "5", "grpc-message", "gone");
        assertThat(call.awaitTrailers().get("grpc-status")).hasToString("5");
        ExchangeRecord record = ended();
        assertThat(record.grpcStatus).isEqualTo(5);
        assertThat(record.requestMessages).isEqualTo(3);
        assertThat(record.responseMessages).isEqualTo(3);
        assertThat(record.requestHeaderBytes).isPositive();
        assertThat(record.responseHeaderBytes).isPositive();
    }

    @Test
    void answersGrpcItselfWithTrailersAlone() {
        lab.serve(Protocol.GRPC, List.of());
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/pkg.Svc/Talk", false, "content-type", GRPC);
        Http2Headers head = call.awaitHead();
        assertThat(call.awaitEnd()).isEmpty();
        assertThat(head.status()).hasToString("200");
        assertThat(head.get("content-type")).hasToString(GRPC);
        assertThat(head.get("grpc-status")).hasToString("14");
        assertThat(head.get("grpc-message")).hasToString("no%20healthy%20upstream");
        assertThat(ended().flags).containsExactly("UH");
    }

    @Test
    void givesACallOfGrpcNoMoreTimeThanItsClient() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/pkg.Svc/Talk", false, "content-type", GRPC, "grpc-timeout", "100m");
        H2Stream served = backend.take();
        assertThat(call.awaitHead().get("grpc-status")).hasToString("4");
        assertThat(served.awaitReset()).isEqualTo(Http2Error.CANCEL.code());
        assertThat(ended().flags).containsExactly("UT");
    }

    @Test
    void tellsTheBackendThatTheClientHasResetItsRequest() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/", false);
        H2Stream served = backend.take();
        served.awaitHead();
        call.reset(Http2Error.CANCEL);
        assertThat(served.awaitReset()).isEqualTo(Http2Error.CANCEL.code());
        assertThat(ended().flags).containsExactly("DC");
    }

    @Test
    void noticesAResetBehindABodyThatNobodyReads() {
        H2Backend slow = new H2Backend(100, false);
        try {
            lab.serve(Protocol.HTTP2, List.of(), slow.port());
            H2Client client = new H2Client(lab);
            H2Stream call = client.request("POST", "/", false);
            H2Stream served = slow.take();
            for (int i = 0; i < 64; i++) {
                call.data("x".repeat(16 << 10), false);
            }
            Awaitility.await().until(() -> lab.usedBytes() > 100_000);
            call.reset(Http2Error.CANCEL);
            assertThat(ended().flags).containsExactly("DC");
            served.read();
            served.awaitGone();
        } finally {
            slow.close();
        }
    }

    @Test
    void resetsTheClientWhenAResponseBreaksOff() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("GET", "/", true);
        H2Stream served = backend.take();
        served.head(false, ":status", "200");
        served.data("some", false);
        call.awaitBody("some");
        served.reset(Http2Error.INTERNAL_ERROR);
        assertThat(call.awaitReset()).isEqualTo(Http2Error.INTERNAL_ERROR.code());
        assertThat(ended().flags).containsExactly("UR");
    }

    @Test
    void triesARefusedStreamAgain() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/", false);
        call.data("body", true);
        H2Stream first = backend.take();
        first.awaitHead();
        first.reset(Http2Error.REFUSED_STREAM);
        H2Stream second = backend.take();
        assertThat(second.awaitEnd()).isEqualTo("body");
        assertThat(second.awaitHead().get("x-envoy-attempt-count")).hasToString("2");
        second.head(true, ":status", "200");
        assertThat(call.awaitHead().status()).hasToString("200");
        assertThat(ended().attempts).isEqualTo(2);
    }

    @Test
    void doesNotTryAgainWithABodyThatIsNotKept() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/", false);
        for (int i = 0; i < 8; i++) {
            call.data("x".repeat(16 << 10), false);
        }
        H2Stream first = backend.take();
        first.awaitBytes(8 * (16 << 10));
        first.reset(Http2Error.REFUSED_STREAM);
        assertThat(call.awaitHead().status()).hasToString("503");
        assertThat(ended().attempts).isEqualTo(1);
    }

    @Test
    void holdsLittleForAClientThatReadsSlowly() {
        long size = 64 << 20;
        H2Client client = new H2Client(lab);
        H2Stream call = H2Client.request(client.open(false), "GET", "/", true);
        H2Stream served = backend.take();
        served.head(false, ":status", "200");
        String piece = "x".repeat(1 << 20);
        for (long sent = 0; sent < size; sent += piece.length()) {
            served.data(piece, false);
        }
        served.data("", true);
        Awaitility.await().until(() -> lab.usedBytes() > 64_000);
        // others are served meanwhile
        for (int i = 0; i < 20; i++) {
            H2Stream other = client.request("GET", "/other", true);
            backend.take().head(true, ":status", "200");
            assertThat(other.awaitHead().status()).hasToString("200");
            assertThat(lab.usedBytes()).isLessThan(4 << 20);
        }
        call.read();
        call.awaitBytes(size);
        call.awaitEnd();
    }

    @Test
    void holdsLittleForABackendThatReadsSlowly() {
        long size = 64 << 20;
        H2Backend slow = new H2Backend(100, false);
        try {
            lab.serve(Protocol.HTTP2, List.of(), slow.port());
            H2Client client = new H2Client(lab);
            H2Stream call = client.request("POST", "/", false);
            H2Stream served = slow.take();
            String piece = "x".repeat(1 << 20);
            for (long sent = 0; sent < size; sent += piece.length()) {
                call.data(piece, false);
            }
            call.data("", true);
            Awaitility.await().until(() -> lab.usedBytes() > 100_000);
            assertThat(lab.usedBytes()).isLessThan(8 << 20);
            served.read();
            served.awaitBytes(size);
            served.awaitEnd();
            assertThat(lab.usedBytes()).isLessThan(8 << 20);
            served.head(true, ":status", "200");
            assertThat(call.awaitHead().status()).hasToString("200");
        } finally {
            slow.close();
        }
    }

    @Test
    void sharesConnectionsToABackendAndOpensMoreWhenTheyAreFull() {
        H2Backend narrow = new H2Backend(2, true);
        try {
            lab.serve(Protocol.HTTP2, List.of(), narrow.port());
            H2Client client = new H2Client(lab);
            H2Stream warm = client.request("GET", "/", true);
            narrow.take().head(true, ":status", "200");
            warm.awaitEnd();
            assertThat(narrow.connections()).isEqualTo(1);
            List<H2Stream> calls = new ArrayList<>();
            List<H2Stream> served = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(client.request("GET", "/" + i, true));
                served.add(narrow.take());
            }
            assertThat(narrow.connections()).isEqualTo(3);
            served.forEach(each -> each.head(true, ":status", "200"));
            calls.forEach(H2Stream::awaitEnd);
        } finally {
            narrow.close();
        }
    }

    @Test
    void goesOnWithAnotherConnectionWhenTheBackendSaysThatItGoes() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("GET", "/1", true);
        H2Stream served = backend.take();
        served.awaitHead();
        backend.goAway();
        served.head(false, ":status", "200");
        served.data("whole", true);
        assertThat(call.awaitEnd()).isEqualTo("whole");
        H2Stream next = client.request("GET", "/2", true);
        backend.take().head(true, ":status", "200");
        assertThat(next.awaitHead().status()).hasToString("200");
    }

    @Test
    void passesInformationalHeadsOn() {
        H2Client client = new H2Client(lab);
        H2Stream call = client.request("POST", "/", false, "expect", "100-continue");
        H2Stream served = backend.take();
        served.head(false, ":status", "100");
        assertThat(call.awaitHead().status()).hasToString("100");
        call.data("now", true);
        assertThat(served.awaitEnd()).isEqualTo("now");
        served.head(true, ":status", "200");
        call.await("end", H2Stream::isEnded);
    }
}
