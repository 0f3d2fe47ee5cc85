package dev.culvert.kube.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.decode.YamlDocuments.Document;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a file may hold, and what is refused before it costs anything.
final class YamlDocumentsTest {
    private static final int TEN = 10;

    /// Ten aliases of ten aliases of ten …: small on disk, and a billion nodes when written out.
    @Test
    void aDocumentThatMultipliesItselfIsRefusedAtOnce() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < TEN; i++) {
            String items = "*a" + (i - 1) + ", ";
            bomb.append("a" + i + ": &a" + i + " [" + items.repeat(TEN - 1) + "*a" + (i - 1) + "]\n");
        }
        DecodeException why =
                Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> broken(bomb.toString()));
        assertThat(why).hasMessageContaining("more than 200000 nodes when its aliases are written out");
    }

    @Test
    void anAliasWithinTheBoundIsAsIfItWereWrittenOut() {
        assertThat(parsed("a: &x {k: 1}\nb: *x\n").toString())
                .isEqualTo(parsed("a: {k: 1}\nb: {k: 1}\n").toString().replace("line=2", "line=1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: &x [*x]          | is an alias of the unknown anchor x",
                "a: *nobody          | is an alias of the unknown anchor nobody",
                "a: {<<: {b: c}}     | merge key",
                "a: 1, a: 2          | is no YAML",
                "{a: 1, a: 2}        | has the key 'a' twice",
                "{? [a] : b}         | has a key that is no scalar",
                "a: !!binary aGk=    | has the tag",
                "a: !java.lang.X {}  | ''",
                "a: 99999999999999999999 | out of range",
                "a: [                | is no YAML"
            })
    void whatHasNoPlainMeaningIsRefused(String yaml, String why) {
        if (why.isEmpty()) {
            assertThat(parsed(yaml).toString())
                    .as("a tag makes no object of ours")
                    .doesNotContain("java.lang");
        } else {
            assertThat(broken(yaml)).hasMessageContaining(why);
        }
    }

    @ParameterizedTest
    @CsvSource({"'[', ']'", "'{a: ', '}'"})
    void nestingEndsSomewhere(String open, String close) {
        int deepest = YamlDocuments.MAX_DEPTH - 1;
        parsed(open.repeat(deepest) + "x" + close.repeat(deepest));
        assertThat(broken(open.repeat(deepest + 1) + "x" + close.repeat(deepest + 1)))
                .hasMessageContaining("nested deeper than 64 levels");
        // far beyond what the stack of a thread would take, were it walked first
        assertThat(broken(open.repeat(100_000))).hasMessageContaining("nested deeper than 64 levels");
    }

    @Test
    void aDocumentHasSoManyNodesAtMost() {
        String items = "[" + "x,".repeat(YamlDocuments.MAX_NODES) + "x]";
        assertThat(broken(items)).hasMessageContaining("more than 200000 nodes");
    }

    @Test
    void oneBrokenDocumentLeavesTheOthersWholeAndNamesItsLine() {
        List<Document> documents = YamlDocuments.parse("a: 1\n---\nb: [\n---\n# nothing\n---\nc: 3\n");
        assertThat(documents).hasSize(3);
        assertThat(documents.get(0)).isInstanceOf(Document.Parsed.class);
        assertThat(documents.get(1))
                .isInstanceOfSatisfying(
                        Document.Broken.class,
                        broken -> assertThat(broken.why().line()).isBetween(3, 4));
        assertThat(documents.get(2)).isInstanceOf(Document.Parsed.class);
    }

    private static Value parsed(String yaml) {
        List<Document> documents = YamlDocuments.parse(yaml);
        assertThat(documents).singleElement().isInstanceOf(Document.Parsed.class);
        return ((Document.Parsed) documents.getFirst()).value();
    }

    private static DecodeException broken(String yaml) {
        List<Document> documents = YamlDocuments.parse(yaml);
        assertThat(documents).singleElement().isInstanceOf(Document.Broken.class);
        return ((Document.Broken) documents.getFirst()).why();
    }
}
