package dev.culvert.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// A command that shows one list of a proxy's configuration dump, as a table or as JSON. Confined
/// to the main thread.
@Command
abstract class DumpCommand implements Callable<Integer> {
    /// How a list is shown.
    enum Format {
        TABLE,
        JSON
    }

    @Mixin
    private final AdminClient admin = new AdminClient();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Format format = Format.TABLE;

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Show those of this namespace only.")
    private @Nullable String namespace;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Show those of this name only.")
    private @Nullable String name;

    @Spec
    private @Nullable CommandSpec spec;

    private final String key;
    private final List<String> head;

    /// @param key of the list in the dump
    /// @param head of the table
    DumpCommand(String key, List<String> head) {
        this.key = key;
        this.head = List.copyOf(head);
    }

    /// The rows of the table that `element` makes.
    abstract List<List<String>> rows(Map<String, Object> element);

    @Override
    public Integer call() throws IOException, InterruptedException {
        Object dumped = Json.object(admin.get("/config_dump")).get(key);
        List<Map<String, Object>> shown = new ArrayList<>();
        for (Object element : Json.list(dumped)) {
            Map<String, Object> object = Json.map(element);
            if (matches(object)) {
                shown.add(object);
            }
        }
        CommandSpec own = java.util.Objects.requireNonNull(spec);
        switch (format) {
            case JSON -> own.commandLine().getOut().println(Json.print(shown));
            case TABLE -> {
                List<List<String>> rows = new ArrayList<>();
                shown.forEach(element -> rows.addAll(rows(element)));
                own.commandLine().getOut().print(Table.format(head, rows));
            }
        }
        own.commandLine().getOut().flush();
        return 0;
    }

    private boolean matches(Map<String, Object> element) {
        return (namespace == null || namespace.equals(namespaceOf(element)))
                && (name == null || name.equals(nameOf(element)));
    }

    /// The namespace that `element` belongs to.
    String namespaceOf(Map<String, Object> element) {
        return Json.text(element, "namespace");
    }

    /// The name by which `element` is asked for.
    String nameOf(Map<String, Object> element) {
        return Json.text(element, "name");
    }
}
