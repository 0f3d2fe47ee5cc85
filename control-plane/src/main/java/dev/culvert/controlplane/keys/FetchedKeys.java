package dev.culvert.controlplane.keys;

import dev.culvert.controlplane.gateway.AuthenticationMessages.Keys;
import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.YamlDocuments;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the key sets of issuers as they are published. Thread-safe.
///
/// Each has a virtual thread of its own, `jwks`. Keys that cannot be fetched again stay for [#LONGEST_STALE]; an
/// issuer whose keys have never come, or are too old, has none, and every token of it is refused.
public final class FetchedKeys implements KeySource, AutoCloseable {
    /// How long keys count that cannot be fetched again.
    static final Duration LONGEST_STALE = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(FetchedKeys.class);
    private static final int AT_ONCE = 8;

    private final KeyClient client;
    private final Pace pace;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Map<String, Thread> threads = new HashMap<>();

    /// When a key set is fetched again.
    ///
    /// @param refresh after a success
    /// @param retry   after the first failure; doubled after each, up to `refresh`
    public record Pace(Duration refresh, Duration retry) {
        /// After a number of failures in a row, shortened by up to a fifth so that issuers are not asked at once.
        Duration after(int failures) {
            Duration wait = refresh;
            if (failures > 0) {
                Duration longer = retry.multipliedBy(1L << Math.min(failures - 1, 20));
                wait = longer.compareTo(refresh) < 0 ? longer : refresh;
            }
            return wait.minusMillis(ThreadLocalRandom.current().nextLong(wait.toMillis() / 5 + 1));
        }
    }

    public FetchedKeys(KeyClient client, Pace pace) {
        this.client = client;
        this.pace = pace;
    }

    @Override
    public void want(KeyNeed need, Consumer<Keys> found) {
        Thread thread = Thread.ofVirtual().name("jwks").unstarted(() -> keep(need, found));
        synchronized (threads) {
            Thread before = threads.put(need.key(), thread);
            if (before != null) {
                before.interrupt();
            }
        }
        thread.start();
    }

    @Override
    public void forget(KeyNeed need) {
        synchronized (threads) {
            Thread thread = threads.remove(need.key());
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    @Override
    public void close() {
        synchronized (threads) {
            threads.values().forEach(Thread::interrupt);
            threads.clear();
        }
        client.close();
    }

    private void keep(KeyNeed need, Consumer<Keys> found) {
        String last = "";
        long fetched = 0;
        int failures = 0;
        try {
            while (true) {
                try {
                    last = fetch(need);
                    fetched = System.nanoTime();
                    failures = 0;
                    found.accept(new Keys(last, ""));
                } catch (IOException e) {
                    failures++;
                    boolean stale = last.isEmpty() || System.nanoTime() - fetched > LONGEST_STALE.toNanos();
                    warn(need, e, stale);
                    if (stale) {
                        last = "";
                        found.accept(new Keys("", String.valueOf(e.getMessage())));
                    }
                }
                Thread.sleep(pace.after(failures));
            }
        } catch (InterruptedException _) {
            // Nobody needs it any more.
        }
    }

    private static void warn(KeyNeed need, IOException failure, boolean stale) {
        LOG.atWarn()
                .addKeyValue("address", need.address())
                .addKeyValue("reason", failure.getMessage())
                .log(
                        stale
                                ? "cannot fetch the keys of a token issuer; its tokens are refused"
                                : "cannot fetch the keys of a token issuer again; the last ones stay in force");
    }

    private String fetch(KeyNeed need) throws IOException, InterruptedException {
        places.acquire();
        try {
            String address = need.address();
            if (need.discovery()) {
                address = object(address, client.get(address, need.timeout())).text("jwks_uri", "");
                if (address.isEmpty()) {
                    throw new IOException(need.address() + " has no jwks_uri");
                }
            }
            String keys = client.get(address, need.timeout());
            if (!object(address, keys).has("keys")) {
                throw new IOException("what is at " + address + " is no key set: it has no keys");
            }
            return keys;
        } finally {
            places.release();
        }
    }

    /// JSON is YAML too.
    private static Fields object(String address, String text) throws IOException {
        try {
            List<YamlDocuments.Document> documents = YamlDocuments.parse(text);
            if (documents.size() == 1 && documents.getFirst() instanceof YamlDocuments.Document.Parsed parsed) {
                return Fields.of(parsed.value());
            }
        } catch (DecodeException _) {
            // Told below.
        }
        throw new IOException("what is at " + address + " is no JSON object");
    }
}
