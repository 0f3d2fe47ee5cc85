package dev.culvert.controlplane.config;

import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.YamlDocuments;
import dev.culvert.kube.resource.ConfigMap;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the mesh configuration from its ConfigMap. Confined to the `derive` thread, but for the problems,
/// which any thread may read.
public final class MeshConfigReader {
    private static final Logger LOG = LoggerFactory.getLogger(MeshConfigReader.class);
    private static final String KEY = "mesh";
    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9._]{0,253}[a-z0-9])?");

    private final MeshSettings settings;
    private MeshConfig last;
    private volatile List<SourceProblem> problems = List.of();

    public MeshConfigReader(MeshSettings settings) {
        this.settings = settings;
        this.last = MeshConfig.defaults(settings);
    }

    /// Whether this ConfigMap is the one.
    public boolean concerns(ConfigMap map) {
        return map.metadata().namespace().equals(settings.rootNamespace())
                && map.metadata().name().equals(settings.configMap());
    }

    /// The configuration that `map` holds; the last good one when there is a mistake in it.
    public MeshConfig read(ConfigMap map) {
        String origin = "ConfigMap " + map.key() + " key " + KEY;
        try {
            last = decode(map.data().getOrDefault(KEY, ""));
            problems = List.of();
        } catch (DecodeException e) {
            String reason = e.reason() + "; the last good mesh configuration stays in force";
            SourceProblem problem = new SourceProblem(origin, e.line(), e.path(), reason);
            problems = List.of(problem);
            LOG.atWarn().addKeyValue("problem", problem).log("mesh configuration is not in force");
        }
        return last;
    }

    /// The configuration without a ConfigMap.
    public MeshConfig absent() {
        problems = List.of();
        last = MeshConfig.defaults(settings);
        return last;
    }

    /// What is wrong with the ConfigMap now.
    public List<SourceProblem> problems() {
        return problems;
    }

    private MeshConfig decode(String text) {
        MeshConfig defaults = MeshConfig.defaults(settings);
        List<YamlDocuments.Document> documents = YamlDocuments.parse(text);
        if (documents.isEmpty()) {
            return defaults;
        }
        Fields fields = switch (documents.getFirst()) {
            case YamlDocuments.Document.Broken broken -> throw broken.why();
            case YamlDocuments.Document.Parsed parsed -> Fields.of(parsed.value());
        };
        String trustDomain = fields.text("trustDomain", defaults.trustDomain());
        if (!TRUST_DOMAIN.matcher(trustDomain).matches()) {
            throw fields.wrong("trustDomain", "lower-case letters, digits, '-', '.' and '_'");
        }
        String rootNamespace = fields.text("rootNamespace", "");
        List<String> aliases = fields.texts("trustDomainAliases");
        return new MeshConfig(
                trustDomain,
                aliases,
                rootNamespace.isEmpty() ? defaults.rootNamespace() : rootNamespace,
                new WaypointDefaultsReader(fields).read());
    }
}
