package dev.culvert.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"b\":1,\"a\":[true,false,null,{}],\"c\":[]}",
                "[0,-1,1.50,2E+3,123456789012345678901234567890]",
                "\"quote \\\" backslash \\\\ tab\\u0009\"",
                "\"\u00e4\ud83d\ude00\""
            })
    void printsWhatItHasReadWithTheSameOrderAndDigits(String text) {
        assertThat(Json.write(Json.parse(text))).isEqualTo(text);
    }

    @Test
    void readsEscapesAndSpaces() {
        assertThat(Json.parse(" { \"a\\u0041\\n\" : [ 1 , \"\\/\" ] } ").toString())
                .isEqualTo("{aA\n=[1, /]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\"}",
                "{\"a\":1,}",
                "tru",
                "\"",
                "\"\\x\"",
                "1 2",
                "-",
                "{1:2}",
                "\"\u0001\""
            })
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at character");
    }

    @Test
    void refusesWhatIsTooDeep() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).hasMessageContaining("at most 64 levels");
    }
}
