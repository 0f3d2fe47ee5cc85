package dev.culvert.mesh.config;

import dev.culvert.process.Settings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/// How many event loops there are. Used once, by one thread.
public final class WorkerThreads {
    private static final int MOST = 1_024;
    private static final int LEAST_BY_DEFAULT = 2;
    private static final int DEFAULT_SHARE = 25;
    private static final String CORES = "a number of processors, such as 2, 0.5 or 500m";

    private final Settings settings;
    private final int processors;

    public WorkerThreads(Settings settings, int processors) {
        this.settings = settings;
        this.processors = processors;
    }

    /// A node proxy's: by default a quarter of the processors, and two at least.
    ///
    /// @param concurrency of the proxy configuration, which counts when the variable is not set
    public int count(@Nullable Integer concurrency) {
        Integer explicit = settings.parsed(
                "ZTUNNEL_WORKER_THREADS", "a count, 0 for all processors, or a share such as 25%", this::parse);
        Integer limit = settings.parsed("ZTUNNEL_RESOURCE_CPU_LIMIT", CORES, WorkerThreads::processors);
        Integer otherLimit = settings.parsed("ZTUNNEL_CPU_LIMIT", CORES, WorkerThreads::processors);
        Integer request = settings.parsed("ZTUNNEL_RESOURCE_CPU_REQUEST", CORES, WorkerThreads::processors);
        if (explicit != null) {
            return explicit;
        }
        if (concurrency != null) {
            return concurrency == 0 ? processors : concurrency;
        }
        return automatic(limit == null ? otherLimit : limit, request == null ? 0 : request);
    }

    /// What `variable` says in the same form, else `concurrency` if there is one, else the processors, `most` of them.
    public int count(String variable, @Nullable Integer concurrency, int most) {
        Integer explicit =
                settings.parsed(variable, "a count, 0 for all processors, or a share such as 25%", this::parse);
        if (explicit != null) {
            return explicit;
        }
        if (concurrency != null) {
            return concurrency == 0 ? processors : concurrency;
        }
        return Math.min(processors, most);
    }

    private int automatic(@Nullable Integer limit, int request) {
        int most = limit == null || limit == 0 ? Math.max(share(DEFAULT_SHARE), LEAST_BY_DEFAULT) : limit;
        return Math.max(most, request);
    }

    private @Nullable Integer parse(String text) {
        boolean isShare = text.endsWith("%");
        Integer number = whole(isShare ? text.substring(0, text.length() - 1) : text);
        if (number == null || number < 0 || number > MOST || (isShare && number > 100)) {
            return null;
        }
        if (isShare) {
            return share(number);
        }
        return number == 0 ? processors : number;
    }

    private int share(int percent) {
        return Math.max(1, (processors * percent + 99) / 100);
    }

    private static @Nullable Integer whole(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    /// A Kubernetes quantity of processors, rounded up.
    private static @Nullable Integer processors(String text) {
        boolean thousandths = text.endsWith("m");
        try {
            BigDecimal number = new BigDecimal(thousandths ? text.substring(0, text.length() - 1) : text);
            BigDecimal whole = thousandths ? number.movePointLeft(3) : number;
            int count = whole.setScale(0, RoundingMode.CEILING).intValueExact();
            return count < 0 || count > MOST ? null : count;
        } catch (ArithmeticException | NumberFormatException _) {
            return null;
        }
    }
}
