package dev.culvert.waypoint.policy.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which paths a template stands for.
final class PathTemplateTest {

    @ParameterizedTest
    @CsvSource({
        "/foo/{*}, /foo/bar, true",
        "/foo/{*}, /foo/bar/baz, false",
        "/foo/{*}, /foo/, false",
        "/foo/{*}, /foo, false",
        "/foo/{**}, /foo/bar/baz, true",
        "/foo/{**}, /foo/, true",
        "/foo/{**}, /foo, false",
        "/foo/{**}/, /foo/bar/, true",
        "/foo/{**}/, /foo//, true",
        "/foo/{**}/, /foo/bar, false",
        "/foo/{**}/, /foo/, false",
        "/{**}/foo, /a/b/foo, true",
        "/{**}/foo, /foo, false",
        "/{*}/bar/{**}, /x/bar/y/z, true",
        "/{*}/bar/{**}, /x/y/bar/z, false",
        "/{**}, /, true",
        "/{**}.m3u8, /a/b.m3u8, true",
        "/{**}.m3u8, /a/b.m3u, false",
        "/a/{*}.json, /a/b.json, true",
        "/a/{*}.json, /a/.json, false",
        "/a/v{*}-{*}/x, /a/v1-2/x, true",
        "/a/v{*}-{*}/x, /a/v1-/x, false",
        "/a/v{*}-{*}/x, /a/v--/x, false",
        "/a/v{*}-{*}/x, /a/v---/x, true",
        "/a/v{*}-{**}, /a/v1-, true",
        "/a/v{*}-{**}, /a/v1/x-y, false"
    })
    void standsFor(String template, String path, boolean expected) {
        PathTemplate parsed = PathTemplate.tryParse(template);
        assertThat(parsed).isNotNull();
        assertThat(parsed.matches(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{*}",
                "foo/{*}",
                "/{**}/{*}",
                "/{**}/{**}",
                "/{*}{*}",
                "/{*}{**}",
                "/*/{*}",
                "/{name}/{*}",
                "/{}/{*}",
                "/{*}/**",
                "/{*"
            })
    void isNoTemplate(String text) {
        assertThat(PathTemplate.tryParse(text)).isNull();
    }

    /// The model is a regular expression, which the product never uses.
    @Test
    void agreesWithASlowModel() {
        Random random = new Random(20261121);
        String[] parts = {"/", "/", "a", "b", "-", "{*}", "/{*}", "{**}"};
        String[] letters = {"/", "/", "a", "b", "-", "ab"};
        int compared = 0;
        for (int i = 0; i < 60_000; i++) {
            PathTemplate template = PathTemplate.tryParse(text(random, parts, 7));
            if (template == null) {
                continue;
            }
            String spelt = lastText;
            Pattern model = Pattern.compile(
                    Pattern.quote(spelt).replace("{**}", "\\E.*\\Q").replace("{*}", "\\E[^/]+\\Q"));
            for (int j = 0; j < 10; j++) {
                String path = text(random, letters, 10);
                assertThat(template.matches(path))
                        .as("%s against %s", path, spelt)
                        .isEqualTo(model.matcher(path).matches());
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(10_000);
    }

    private String lastText = "";

    private String text(Random random, String[] parts, int longest) {
        StringBuilder text = new StringBuilder("/");
        int length = random.nextInt(longest);
        for (int i = 0; i < length; i++) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        lastText = text.toString();
        return lastText;
    }

    @Test
    void costsNoMoreThanOneLookAtALongPath() {
        PathTemplate template = PathTemplate.tryParse("/a{*}a{*}a{*}a{*}a{*}a{*}b");
        assertThat(template).isNotNull();
        String path = "/" + "a".repeat(60_000);
        for (int i = 0; i < 1000; i++) {
            assertThat(template.matches(path)).isFalse();
        }
    }
}
