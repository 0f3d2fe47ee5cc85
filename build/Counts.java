import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/// Prints how many tests of each ring ran, failed and were skipped, from the reports of the build.
///
/// Exits 1 when one failed, when one was skipped for another reason than a peer's missing path, or when none ran.
public final class Counts {
    private static final String PEER_REASON = "peer path not given";

    private record Ring(int passed, int failed, int skipped) {
        Ring plus(Ring other) {
            return new Ring(passed + other.passed, failed + other.failed, skipped + other.skipped);
        }
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of(args[0]);
        Map<String, Ring> rings = new TreeMap<>();
        boolean bad = false;
        for (Path report : reports(root)) {
            Element suite = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getDocumentElement();
            int total = Integer.parseInt(suite.getAttribute("tests"));
            int failed = Integer.parseInt(suite.getAttribute("failures"))
                    + Integer.parseInt(suite.getAttribute("errors"));
            int skipped = Integer.parseInt(suite.getAttribute("skipped"));
            String ring = root.relativize(report).startsWith("tests/e2e") ? "namespaces" : "unit and in process";
            rings.merge(ring, new Ring(total - failed - skipped, failed, skipped), Ring::plus);
            var notes = suite.getElementsByTagName("skipped");
            for (int i = 0; i < notes.getLength(); i++) {
                Element note = (Element) notes.item(i);
                String reason = reason(note);
                if (!reason.contains(PEER_REASON)) {
                    String test = ((Element) note.getParentNode()).getAttribute("name");
                    System.out.println("skipped without need: " + suite.getAttribute("name") + "." + test + ": " + reason);
                    bad = true;
                }
            }
        }
        Ring sum = new Ring(0, 0, 0);
        System.out.println();
        for (var entry : rings.entrySet()) {
            Ring ring = entry.getValue();
            System.out.printf("%-20s %5d passed %4d failed %4d skipped%n", entry.getKey(), ring.passed, ring.failed, ring.skipped);
            sum = sum.plus(ring);
        }
        System.out.printf("%d passed, %d failed, %d skipped%n", sum.passed, sum.failed, sum.skipped);
        System.exit(bad || sum.failed > 0 || sum.passed == 0 ? 1 : 0);
    }

    /// Why a test was skipped: an annotation's reason is an attribute, a failed assumption's the text's first line.
    private static String reason(Element skipped) {
        String text = skipped.getTextContent().strip().lines().findFirst().orElse("");
        return (skipped.getAttribute("message") + " " + text).strip();
    }

    private static List<Path> reports(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.getFileName().toString().matches("TEST-.*\\.xml"))
                    .filter(path -> path.toString().contains("/target/surefire-reports/"))
                    .toList();
        }
    }
}
