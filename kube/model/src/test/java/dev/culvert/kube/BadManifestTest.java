package dev.culvert.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an operator is told of manifests that are wrong. The files of the directory `bad-manifests` have one
/// mistake in each document; a comment that begins with `#!` stands above the line that must be named, and
/// says the path and the reason that must be given.
final class BadManifestTest {
    private static final String MARK = "#! ";
    private static final String KEPT = "; its last good version stays in force";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Gateway",
                "HTTPRoute",
                "GRPCRoute",
                "TCPRoute",
                "TLSRoute",
                "ReferenceGrant",
                "AuthorizationPolicy",
                "RequestAuthentication",
                "DestinationRule",
                "VirtualService",
                "Telemetry",
                "RateLimitPolicy"
            })
    void tellsFileLinePathAndReason(String kind) throws IOException, URISyntaxException {
        var resource = Objects.requireNonNull(BadManifestTest.class.getResource("/bad-manifests/" + kind + ".yaml"));
        Path file = Path.of(resource.toURI());
        List<SourceProblem> expected = expected(file);
        ManifestFile read = new ManifestReader().read(file);
        assertThat(read.problems()).containsExactlyElementsOf(expected);
        assertThat(read.items()).isEmpty();
        assertThat(read.faulty()).hasSameSizeAs(expected).isNotEmpty();
    }

    private static List<SourceProblem> expected(Path file) throws IOException {
        List<SourceProblem> expected = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.startsWith(MARK)) {
                int blank = line.indexOf(' ', MARK.length());
                String path = line.substring(MARK.length(), blank);
                // The line below, counted from 1.
                expected.add(new SourceProblem(file.toString(), i + 2, path, line.substring(blank + 1) + KEPT));
            }
        }
        return expected;
    }
}
