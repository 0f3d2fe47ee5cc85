package dev.culvert.controlplane.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class XxHash64Test {
    /// Values that other implementations publish, on both sides of the 32-byte block.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"\",ef46db3751d8e999",
                "a,d24ec4f1a98c6e5b",
                "as,1c330fb2d66be179",
                "asd,631c37ce72a97393",
                "asdf,415872f599cea71e",
                "\"Call me Ishmael. Some years ago--never mind how long precisely-\",02a2e85470d6fd96"
            })
    void hashesAsPublished(String text, String expected) {
        assertThat(XxHash64.hex(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
    }
}
