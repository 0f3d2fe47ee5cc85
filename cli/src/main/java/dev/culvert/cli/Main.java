package dev.culvert.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// Starts the command line. Confined to the main thread.
public final class Main {
    private Main() {}

    /// The command that all others are part of.
    @Command(
            name = "culvert",
            description = "A per-node ambient service mesh.",
            synopsisSubcommandLabel = "COMMAND",
            footer = {
                "",
                "Processes (set by environment variables, see the documentation):",
                "  node           The node agent and the node proxy in one process",
                "  ztunnel        The node proxy alone",
                "  cni-agent      The node agent alone",
                "  control-plane  Discovery, certificates and status"
            },
            subcommands = {
                TokenCommand.class,
                WorkloadCommand.class,
                ServiceCommand.class,
                PolicyCommand.class,
                CertificateCommand.class,
                LogLevelCommand.class,
                VersionCommand.class,
                HelpCommand.class
            })
    static final class Culvert {}

    /// Runs one command and exits with its status.
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(System.getenv("CULVERT_STATE_DIR"), out, err, arguments));
    }

    /// @param stateDirectory where the control plane keeps its state, when the environment says so
    static int run(@Nullable String stateDirectory, PrintWriter out, PrintWriter err, String... arguments) {
        CommandLine commands = new CommandLine(new Culvert())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setDefaultValueProvider(argument -> argument instanceof CommandLine.Model.OptionSpec option
                                && option.longestName().equals("--state-dir")
                        ? stateDirectory
                        : null)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("culvert: " + describe(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
        if (arguments.length == 0) {
            commands.usage(err);
            return CommandLine.ExitCode.USAGE;
        }
        return commands.execute(arguments);
    }

    private static String describe(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
