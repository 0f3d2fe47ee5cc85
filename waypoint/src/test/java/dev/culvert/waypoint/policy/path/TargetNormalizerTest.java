package dev.culvert.waypoint.policy.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The normal form of targets in each mode, and what has none.
final class TargetNormalizerTest {

    @ParameterizedTest
    @CsvSource({
        "/, /, /, /",
        "/a/b?c=%zz//../d, /a/b?c=%zz//../d, /a/b?c=%zz//../d, /a/b?c=%zz//../d",
        "/a/./b, /a/b, /a/b, /a/b",
        "/a/../b, /b, /b, /b",
        "/a/.., /, /, /",
        "/a/., /a/, /a/, /a/",
        "/.., /, /, /",
        "/../../x, /x, /x, /x",
        "/..., /..., /..., /...",
        "/.a/..b, /.a/..b, /.a/..b, /.a/..b",
        "/%61%2Db%7E, /a-b~, /a-b~, /a-b~",
        "/%2e%2E/x, /x, /x, /x",
        "/a\\b, /a/b, /a/b, /a/b",
        "/a\\..\\b, /b, /b, /b",
        "//a//b, //a//b, /a/b, /a/b",
        "/a//../b, /a/b, /a/b, /a/b",
        "/a%2Fb, /a%2Fb, /a%2Fb, /a/b",
        "/a%2f%2Fb, /a%2f%2Fb, /a%2f%2Fb, /a/b",
        "/a%5Cb, /a%5Cb, /a%5Cb, /a/b",
        "/a%2f..%5cb, /a%2f..%5cb, /a%2f..%5cb, /b",
        "/a%252fb, /a%252fb, /a%252fb, /a%252fb",
        "/%C3%A9, /%C3%A9, /%C3%A9, /%C3%A9",
        "/a%20b, /a%20b, /a%20b, /a%20b",
        "/a;v=1/b, /a;v=1/b, /a;v=1/b, /a;v=1/b"
    })
    void normalForm(String target, String base, String merged, String decoded) {
        assertThat(normal(PathMode.NONE, target)).isEqualTo(target);
        assertThat(normal(PathMode.BASE, target)).isEqualTo(base);
        assertThat(normal(PathMode.MERGE_SLASHES, target)).isEqualTo(merged);
        assertThat(normal(PathMode.DECODE_AND_MERGE_SLASHES, target)).isEqualTo(decoded);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "x, request_target_is_no_path",
                "http://h/, request_target_is_no_path",
                "/a#b, request_target_has_fragment",
                "/a?b#c, request_target_has_fragment",
                "/a%, request_path_has_invalid_escape",
                "/a%2, request_path_has_invalid_escape",
                "/a%g0, request_path_has_invalid_escape",
                "/a%2?x=1, request_path_has_invalid_escape",
                "/a%00b, request_path_has_nul",
                "/a%0d%0ab, request_path_has_control_character",
                "/a%7f, request_path_has_control_character",
                "/%c0%af, request_path_has_overlong_utf8",
                "/%C1%9C, request_path_has_overlong_utf8",
                "/%e0%80%af, request_path_has_overlong_utf8",
                "/%f0%80%80%af, request_path_has_overlong_utf8",
                "/%f8%80%80%80%af, request_path_has_overlong_utf8",
                "/\u00e9, request_target_has_non_ascii",
                "/a?\u00e9, request_target_has_non_ascii"
            })
    void refusedInEveryMode(String target, String reason) {
        for (PathMode mode : PathMode.values()) {
            assertThat(new TargetNormalizer(mode).normalize(target))
                    .as(mode.name())
                    .isEqualTo(new NormalizedTarget.Refused(reason));
        }
    }

    @ParameterizedTest
    @EnumSource(PathMode.class)
    void controlCharactersAreRefused(PathMode mode) {
        for (char c : new char[] {0, 1, '\t', '\n', '\r', ' ', 0x7f}) {
            assertThat(new TargetNormalizer(mode).normalize("/a" + c))
                    .isEqualTo(new NormalizedTarget.Refused("request_target_has_control_character"));
            assertThat(new TargetNormalizer(mode).normalize("/a?" + c)).isInstanceOf(NormalizedTarget.Refused.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"/a/..;/b", "/..;x=1", "/a/.;/b", "/a/%2e.%3bx", "/a%2f..;/b", "/a\\..;/b"})
    void dotSegmentsWithParametersAreRefusedWhereDotsAreResolved(String target) {
        assertThat(new TargetNormalizer(PathMode.BASE).normalize(target)).isInstanceOf(NormalizedTarget.Refused.class);
        assertThat(normal(PathMode.NONE, target)).isEqualTo(target);
    }

    @Test
    void aSecondRoundChangesNothing() {
        Random random = new Random(7);
        String[] parts = {"/", "//", ".", "..", "%2e", "%2F", "%5c", "\\", "a", "%61", "%25", "2f", ";", "?"};
        for (int i = 0; i < 50_000; i++) {
            StringBuilder target = new StringBuilder("/");
            for (int j = random.nextInt(8); j > 0; j--) {
                target.append(parts[random.nextInt(parts.length)]);
            }
            for (PathMode mode : PathMode.values()) {
                if (mode != PathMode.DECODE_AND_MERGE_SLASHES
                        && new TargetNormalizer(mode).normalize(target.toString())
                                instanceof NormalizedTarget.Accepted(String normal)) {
                    // Escapes are decoded once, so a percent sign that was one must not make new escapes.
                    assertThat(normal(mode, normal))
                            .as("%s of %s", mode, target)
                            .isEqualTo(normal);
                }
            }
        }
    }

    @Test
    void theServerItselfIsATarget() {
        assertThat(normal(PathMode.BASE, "*")).isEqualTo("*");
    }

    @Test
    void whoAskedIsTold() {
        var reply = new NormalizedTarget.Refused("request_path_has_nul").reply();
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.details()).isEqualTo("request_path_has_nul");
        assertThat(reply.body().toText()).isEqualTo("Bad Request: request path has nul");
    }

    private static String normal(PathMode mode, String target) {
        return switch (new TargetNormalizer(mode).normalize(target)) {
            case NormalizedTarget.Accepted(String normal) -> normal;
            case NormalizedTarget.Refused(String reason) -> throw new AssertionError(reason);
        };
    }
}
