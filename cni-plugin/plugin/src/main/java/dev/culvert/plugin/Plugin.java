package dev.culvert.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The executable: standard input and environment in, a result or a CNI error on standard output.
public final class Plugin {
    private Plugin() {}

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        int status = run(System::getenv, System.in, out);
        out.flush();
        System.exit(status);
    }

    /// Answers one call; the exit status.
    static int run(Function<String, @Nullable String> environment, InputStream in, PrintStream out) {
        String input = "";
        try {
            input = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String result = new PluginCall(Invocation.from(environment), input).run();
            if (!result.isEmpty()) {
                out.println(result);
            }
            return 0;
        } catch (CniError e) {
            out.println(e.json(NetworkConfig.version(input)));
        } catch (IOException | RuntimeException e) {
            out.println(new CniError(CniError.IO_FAILURE, "the plugin failed: " + e, "")
                    .json(NetworkConfig.version(input)));
        }
        return 1;
    }
}
