package dev.culvert.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `culvert version`: which build this is. Confined to the main thread.
@Command(name = "version", description = "Say which build this is.")
final class VersionCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        String built = VersionCommand.class.getPackage().getImplementationVersion();
        Objects.requireNonNull(spec)
                .commandLine()
                .getOut()
                .println("culvert " + (built == null ? "(built from source, not packaged)" : built) + ", Java "
                        + Runtime.version());
        return 0;
    }
}
