package dev.culvert.controlplane.caller;

import dev.culvert.api.SpiffeId;
import dev.culvert.process.state.TokenRecord;
import dev.culvert.process.state.TokenStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Vouches for the tokens of a [TokenStore]. Thread-safe.
public final class StoredTokenReviewer implements TokenReviewer {
    private static final Logger log = LoggerFactory.getLogger(StoredTokenReviewer.class);

    private final TokenStore store;

    /// Reads `store` at each review, so a reload of it takes effect at once.
    public StoredTokenReviewer(TokenStore store) {
        this.store = store;
    }

    @Override
    public @Nullable Caller review(String token) {
        TokenRecord record = store.find(token);
        if (record == null) {
            return null;
        }
        return switch (record.kind()) {
            case NODE -> new Caller(new CallerIdentity.Node(record.subject()), record.id());
            case IDENTITY -> workload(record);
        };
    }

    private static @Nullable Caller workload(TokenRecord record) {
        SpiffeId id = SpiffeId.tryParse(record.subject());
        if (id == null) {
            log.atWarn()
                    .addKeyValue("token", record.id())
                    .addKeyValue("subject", record.subject())
                    .log("token names no SPIFFE id; revoke it and make another");
            return null;
        }
        return new Caller(new CallerIdentity.Workload(id), record.id());
    }
}
