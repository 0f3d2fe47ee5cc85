package dev.culvert.cli;

import dev.culvert.api.SpiffeId;
import dev.culvert.process.state.IssuedToken;
import dev.culvert.process.state.StateDirectory;
import dev.culvert.process.state.TokenRecord;
import dev.culvert.process.state.TokenStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `culvert token`: makes, lists and revokes the tokens that admit proxies to a control plane which
/// runs without Kubernetes. Confined to the main thread.
///
/// It works on the state directory alone, so no control plane needs to run; one that does run
/// notices.
@Command(name = "token", description = "Make, list and revoke tokens of proxies.", synopsisSubcommandLabel = "COMMAND")
final class TokenCommand {
    @Spec
    private @Nullable CommandSpec spec;

    /// The option that all of them share.
    static final class State {
        @Option(
                names = "--state-dir",
                paramLabel = "DIR",
                defaultValue = "/var/lib/culvert",
                description =
                        "State directory of the control plane; default $CULVERT_STATE_DIR, else ${DEFAULT-VALUE}.")
        Path directory = Path.of("/var/lib/culvert");

        TokenStore open() throws IOException {
            return TokenStore.open(StateDirectory.open(directory), Clock.systemUTC());
        }
    }

    /// Whom a token is for: one of the two.
    static final class Subject {
        @Option(
                names = "--node",
                required = true,
                paramLabel = "NAME",
                description = "For the proxy of this node: it may ask for the identities of the pods there.")
        @Nullable
        String node;

        @Option(
                names = "--identity",
                required = true,
                paramLabel = "SPIFFE_ID",
                description = "For a proxy that has this one identity, spiffe://<trust domain>/ns/<ns>/sa/<account>.")
        @Nullable
        String identity;
    }

    @Command(name = "create", description = "Make a token and print it. It is not kept and cannot be shown again.")
    int create(@Mixin State state, @ArgGroup(multiplicity = "1") Subject subject) throws IOException {
        IssuedToken issued;
        if (subject.node != null) {
            issued = create(state, TokenRecord.Kind.NODE, subject.node);
        } else {
            String identity = subject.identity == null ? "" : subject.identity;
            if (SpiffeId.tryParse(identity) == null) {
                throw new ParameterException(
                        line(),
                        "'" + identity + "' is no identity; expected spiffe://<trust domain>/ns/<ns>/sa/<account>");
            }
            issued = create(state, TokenRecord.Kind.IDENTITY, identity);
        }
        line().getOut().println(issued.text());
        return 0;
    }

    @Command(name = "list", description = "List the tokens: their names and whom they are for.")
    int list(@Mixin State state) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (TokenRecord token : state.open().list()) {
            rows.add(List.of(
                    token.id(),
                    token.kind().name().toLowerCase(Locale.ROOT),
                    token.subject(),
                    token.created().toString()));
        }
        line().getOut().print(Table.format(List.of("ID", "KIND", "SUBJECT", "CREATED"), rows));
        line().getOut().flush();
        return 0;
    }

    @Command(name = "revoke", description = "Revoke a token; connections made with it are closed.")
    int revoke(@Mixin State state, @Parameters(paramLabel = "ID", description = "As `list` shows it.") String id)
            throws IOException {
        if (state.open().revoke(id)) {
            line().getOut().println("revoked " + id);
            return 0;
        }
        line().getErr().println("culvert: there is no token " + id + " in " + state.directory);
        return 1;
    }

    private CommandLine line() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private static IssuedToken create(State state, TokenRecord.Kind kind, String subject) throws IOException {
        return state.open().create(kind, subject);
    }
}
