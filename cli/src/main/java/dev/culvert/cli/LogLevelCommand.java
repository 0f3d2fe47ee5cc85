package dev.culvert.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `culvert log-level`: shows or changes what a running proxy logs. Confined to the main thread.
@Command(name = "log-level", description = "Show or change what a running proxy logs.")
final class LogLevelCommand implements Callable<Integer> {
    @Mixin
    private final AdminClient admin = new AdminClient();

    @Option(names = "--reset", description = "Go back to what was set at the start first.")
    private boolean reset;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILTER",
            description = "off, error, warn, info, debug or trace; or <name>=<level>; several between commas.")
    private @Nullable String filter;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        StringBuilder query = new StringBuilder();
        if (filter != null) {
            query.append("?level=").append(URLEncoder.encode(filter, StandardCharsets.UTF_8));
        }
        if (reset) {
            query.append(query.isEmpty() ? "?" : "&").append("reset=true");
        }
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println(admin.post("/logging" + query).strip());
        return 0;
    }
}
