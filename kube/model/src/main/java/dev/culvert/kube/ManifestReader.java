package dev.culvert.kube;

import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads files of manifests. Confined to the source's thread.
final class ManifestReader {
    private static final Logger LOG = LoggerFactory.getLogger(ManifestReader.class);
    private static final String KEPT = "; its last good version stays in force";

    /// Kinds that were met and that we do not read; each is told once.
    private final Set<String> unknownKinds = new HashSet<>();

    /// What `file` says. Never fails: what is wrong is among the problems.
    ManifestFile read(Path file) {
        try {
            String text = text(file);
            if (text.isBlank()) {
                // Somebody may be about to write it; to delete objects one deletes their documents or the file.
                return unreadable(file, "is empty; expected manifests (delete the file to delete its objects)" + KEPT);
            }
            Reading reading = new Reading(file);
            YamlDocuments.parse(text).forEach(reading::document);
            return reading.result();
        } catch (CharacterCodingException _) {
            return unreadable(file, "is not UTF-8 text" + KEPT);
        } catch (IOException e) {
            return unreadable(file, "cannot be read (" + e + ")" + KEPT);
        }
    }

    /// The text of a file that is no larger than the limit.
    static String text(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(YamlDocuments.MAX_BYTES + 1);
        }
        if (bytes.length > YamlDocuments.MAX_BYTES) {
            throw new IOException("it is larger than " + YamlDocuments.MAX_BYTES + " bytes; split it");
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static ManifestFile unreadable(Path file, String reason) {
        return ManifestFile.unreadable(new SourceProblem(file.toString(), 0, "", reason));
    }

    /// The reading of one file.
    private final class Reading {
        private final Path file;
        private final Map<ObjectId, ManifestFile.Item> items = new LinkedHashMap<>();
        private final Set<ObjectId> faulty = new HashSet<>();
        private final List<SourceProblem> problems = new ArrayList<>();
        private boolean unknown;

        Reading(Path file) {
            this.file = file;
        }

        ManifestFile result() {
            return new ManifestFile(items, faulty, unknown, problems);
        }

        void document(YamlDocuments.Document document) {
            switch (document) {
                case YamlDocuments.Document.Broken(DecodeException why) -> broken("", why);
                case YamlDocuments.Document.Parsed(Value value) -> object("", value);
            }
        }

        private void object(String prefix, Value value) {
            try {
                Fields fields = Fields.of(value);
                String kindName = fields.requiredText("kind");
                String apiVersion = fields.requiredText("apiVersion");
                if (kindName.endsWith("List") && fields.find("items") instanceof Value.Items list) {
                    for (int i = 0; i < list.items().size(); i++) {
                        object(prefix + "items[" + i + "].", list.items().get(i));
                    }
                    return;
                }
                Kind<?> kind = Kinds.find(apiVersion, kindName);
                if (kind != null) {
                    resource(prefix, kind, value);
                } else if (unknownKinds.add(apiVersion + " " + kindName)) {
                    LOG.atWarn()
                            .addKeyValue("kind", kindName)
                            .addKeyValue("apiVersion", apiVersion)
                            .addKeyValue("file", file)
                            .log("kind is not read by the mesh, its manifests are passed over");
                }
            } catch (DecodeException e) {
                broken(prefix, e);
            }
        }

        private void broken(String prefix, DecodeException why) {
            unknown = true;
            report(prefix, why, KEPT);
        }

        private void resource(String prefix, Kind<?> kind, Value document) {
            ObjectId named = named(kind, document);
            try {
                Resource resource = kind.decode(document);
                ObjectId id = new ObjectId(kind, resource.key());
                var item = new ManifestFile.Item(id, document, resource, document.line());
                if (items.putIfAbsent(id, item) != null) {
                    String reason = "describes " + kind + " " + id.key() + " a second time; the first one is in force";
                    report(prefix, new DecodeException("", document.line(), reason), "");
                }
            } catch (DecodeException e) {
                faulty.add(named);
                report(prefix, e, KEPT);
            }
        }

        private void report(String prefix, DecodeException why, String consequence) {
            problems.add(
                    new SourceProblem(file.toString(), why.line(), prefix + why.path(), why.reason() + consequence));
        }
    }

    /// The object that a document names, even when the rest of it is wrong.
    private static ObjectId named(Kind<?> kind, Value document) {
        Fields metadata = Fields.of(document).object("metadata");
        String namespace = kind.namespaced() ? metadata.text("namespace", "default") : "";
        return new ObjectId(kind, new ResourceKey(namespace, metadata.requiredText("name")));
    }
}
