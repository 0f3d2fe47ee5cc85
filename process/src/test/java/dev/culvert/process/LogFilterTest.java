package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LogFilterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "info | info",
                "DEBUG | debug",
                "access=debug | info,access=debug",
                "warn,access=debug,mesh::xds=trace | warn,access=debug,mesh.xds=trace",
                "off,off,error | error",
                "access=debug,access=off | info,access=off"
            })
    void readsClauses(String text, String expected) {
        assertThat(LogFilter.tryParse(text)).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "loud", "info,", "=debug", "access=", "access=loud", "a b=info", "x[y]=info"})
    void refusesWhatIsNoClause(String text) {
        assertThat(LogFilter.tryParse(text)).isNull();
    }
}
