package dev.culvert.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    private enum Transport {
        EPOLL,
        IO_URING
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "10s, PT10S",
        "5m, PT5M",
        "1h, PT1H",
        "1h30m, PT1H30M",
        "1h 30m 5s, PT1H30M5S",
        "24h, PT24H",
        "2d, PT48H",
        "250us, PT0.00025S",
        "0, PT0S"
    })
    void readsDurationsAsPeopleWriteThem(String text, Duration expected) {
        assertThat(HumanUnits.parseDuration(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-5s", "5 parsecs", "1.5h", "5s,", "9999999999999999s", "999999999999999d"})
    void refusesWhatIsNoDuration(String text) {
        assertThat(HumanUnits.parseDuration(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1048576, 1048576", "64KiB, 65536", "4 MiB, 4194304", "1g, 1073741824", "10kb, 10000", "7b, 7"})
    void readsSizesAsPeopleWriteThem(String text, long expected) {
        assertThat(HumanUnits.parseBytes(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "4 miles", "999999999999999g"})
    void refusesWhatIsNoSize(String text) {
        assertThat(HumanUnits.parseBytes(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRUE", "yes", "1", "", " true"})
    void takesOnlyTrueAndFalseForBooleans(String text) {
        Settings settings = Settings.of(Map.of("A", text, "B", "true", "C", "false"));
        assertThat(settings.bool("B", false)).isTrue();
        assertThat(settings.bool("C", true)).isFalse();
        assertThat(settings.bool("absent", true)).isTrue();
        assertThatCode(settings::check).doesNotThrowAnyException();
        settings.bool("A", true);
        assertThat(mistakes(settings)).containsExactly(new SettingErrors.Mistake("A", text, "true or false"));
    }

    @Test
    void tellsAllMistakesTogether() {
        Settings settings = Settings.of(Map.of("PORT", "70000", "TTL", "soon", "MODE", "fast", "WINDOW", "1"));
        assertThat(settings.port("PORT", 15_000)).isEqualTo(15_000);
        assertThat(settings.duration("TTL", Duration.ofHours(24))).isEqualTo(Duration.ofHours(24));
        assertThat(settings.choice("MODE", Transport.EPOLL)).isEqualTo(Transport.EPOLL);
        assertThat(settings.bytes("WINDOW", 65_536, 1024, 1 << 30)).isEqualTo(65_536);
        assertThat(settings.required("TOKEN", "the path of a token")).isEmpty();
        SettingErrors errors = catchThrowableOfType(SettingErrors.class, settings::check);
        assertThat(errors.mistakes()).hasSize(5);
        assertThat(errors).hasMessage("""
                        5 bad setting(s):
                          PORT is '70000'; expected a whole number from 0 to 65535
                          TTL is 'soon'; expected a duration such as 500ms, 10s, 5m or 1h30m
                          MODE is 'fast'; expected one of epoll, io-uring
                          WINDOW is '1'; expected a size from 1024 to 1073741824 bytes, such as 1048576, 64KiB or 4MiB
                          TOKEN is '(not set)'; expected the path of a token""");
    }

    @Test
    void readsListsPathsAndChoices() {
        Settings settings = Settings.of(Map.of("L", " a, b,,c ", "P", "/etc/x", "M", "IO-uring"));
        assertThat(settings.list("L", List.of())).containsExactly("a", "b", "c");
        assertThat(settings.list("none", List.of("x"))).containsExactly("x");
        assertThat(settings.path("P")).isEqualTo(Path.of("/etc/x"));
        assertThat(settings.choice("M", Transport.EPOLL)).isEqualTo(Transport.IO_URING);
    }

    @Test
    void listsWhatBeginsWithAPrefix() {
        Settings settings =
                Settings.of(Map.of("XDS_HEADER_b", "2", "XDS_HEADER_a", "1", "XDS_HEADER_", "no", "XDS_ADDRESS", "x"));
        assertThat(settings.withPrefix("XDS_HEADER_")).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
    }

    private static List<SettingErrors.Mistake> mistakes(Settings settings) {
        return catchThrowableOfType(SettingErrors.class, settings::check).mistakes();
    }

    @Test
    void aNameMayBeLeftOutButNotBeEmpty() {
        Settings settings = Settings.of(Map.of("EMPTY", " ", "NODE", "n1"));
        assertThat(settings.name("NODE", "a name", "")).isEqualTo("n1");
        assertThat(settings.name("MISSING", "a name")).isNull();
        assertThatCode(settings::check).doesNotThrowAnyException();
        assertThat(settings.name("EMPTY", "a name", "fallback")).isEqualTo("fallback");
        assertThat(catchThrowableOfType(SettingErrors.class, settings::check).mistakes())
                .extracting(SettingErrors.Mistake::name)
                .containsExactly("EMPTY");
    }
}
