package dev.culvert.waypoint.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is JSON for tokens and what is not.
final class JsonReaderTest {
    private static Map<String, Object> read(String json) throws MalformedTokenException {
        return JsonReader.object(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsEveryKindOfValue() throws MalformedTokenException {
        String json = """
                 { "t" : "a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9é", "n":-12, "d":1.5e1, "big":12345678901234567890,
                 "b":[true,false,null,[]], "o":{"x":{}}, "null":null }\s""";
        assertThat(read(json))
                .isEqualTo(Map.of(
                        "t",
                        "a\"\\/\b\f\n\r\té\u00e9",
                        "n",
                        -12L,
                        "d",
                        new BigDecimal("1.5e1"),
                        "big",
                        new BigDecimal("12345678901234567890"),
                        "b",
                        List.of(true, false, List.of()),
                        "o",
                        Map.of("x", Map.of())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}x",
                "{}{}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u00g0\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"b}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":[1 2]}",
                "{\"a\":1}//",
                "\uFEFF{}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"a\":1e999999999}",
                "{\"a\":1e99999999999}"
            })
    void refuses(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedTokenException.class);
    }

    @Test
    void refusesBytesThatAreNoUtf8() {
        byte[] overlong = {'{', '"', (byte) 0xc0, (byte) 0xa2, '"', ':', '1', '}'};
        assertThatThrownBy(() -> JsonReader.object(overlong)).isInstanceOf(MalformedTokenException.class);
    }

    @Test
    void whateverComesItEndsInMembersOrInARefusal() {
        Random random = new Random(11);
        byte[] seed = "{\"iss\":\"https://i\",\"a\":[1,2.5e3,{\"b\":null}],\"c\":\"\\u00e9\\n\",\"d\":true}"
                .getBytes(StandardCharsets.UTF_8);
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] json = seed.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                json[random.nextInt(json.length)] = (byte) random.nextInt(256);
            }
            try {
                JsonReader.object(json);
                read++;
            } catch (MalformedTokenException e) {
                assertThat(e.reason()).startsWith("Jwt_");
            }
        }
        assertThat(read).isBetween(1000, 99_000);
    }
}
