package dev.culvert.controlplane.xds;

import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import dev.culvert.api.discovery.DeltaDiscoveryResponse;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One type on one stream: its subscription, and the one response that may be on its way. Confined
/// to the stream.
final class TypeChannel {
    private static final int MAX_REJECTION = 2_000;
    private static final int NAMES_LOGGED = 20;

    private final String typeUrl;
    private final Subscription subscription;
    private long nonces;
    private @Nullable Outstanding outstanding;
    private @Nullable ResponseDraft waiting;
    private final Set<String> heldBack = new LinkedHashSet<>();
    private String lastRejection = "";

    TypeChannel(String typeUrl, Subscription subscription) {
        this.typeUrl = typeUrl;
        this.subscription = subscription;
    }

    /// A response that was sent and not answered.
    ///
    /// @param largeBytes what it took of the budget
    record Outstanding(String nonce, Instant since, long largeBytes, List<String> names) {}

    String typeUrl() {
        return typeUrl;
    }

    /// Whether there is more to send than what is on its way.
    boolean isBehind() {
        return waiting != null || subscription.behind() > 0;
    }

    Subscription subscription() {
        return subscription;
    }

    @Nullable
    Outstanding outstanding() {
        return outstanding;
    }

    /// The next response to send, or null when there is none, or one is on its way. What was
    /// drafted and found no room in the budget is given again.
    ///
    /// @param mayRemove whether the client can be told now of what is gone; else that is held back
    @Nullable
    ResponseDraft draft(boolean mayRemove) throws Refusal {
        if (outstanding != null) {
            return null;
        }
        if (waiting == null) {
            waiting = subscription.next();
        }
        if (waiting != null) {
            waiting.names().forEach(heldBack::remove);
        }
        if (mayRemove && !heldBack.isEmpty()) {
            ResponseDraft draft = waiting == null ? new ResponseDraft() : waiting;
            heldBack.forEach(draft::remove);
            heldBack.clear();
            waiting = draft;
        } else if (!mayRemove && waiting != null && nonces > 0) {
            heldBack.addAll(waiting.takeRemoved());
            waiting = waiting.isEmpty() ? null : waiting;
        }
        return waiting;
    }

    /// Turns the draft into the response on its way.
    DeltaDiscoveryResponse send(ResponseDraft draft, long largeBytes, Instant now) {
        waiting = null;
        String nonce = Long.toHexString(++nonces);
        DeltaDiscoveryResponse response = draft.build(typeUrl, nonce, Long.toHexString(nonces));
        List<String> names = response.getResourcesList().stream()
                .limit(NAMES_LOGGED)
                .map(resource -> resource.getName())
                .toList();
        outstanding = new Outstanding(nonce, now, largeBytes, names);
        return response;
    }

    /// Ends the wait for the response that `request` answers; null when it answers none.
    @Nullable
    Outstanding answered(DeltaDiscoveryRequest request) {
        Outstanding current = outstanding;
        if (current == null || !current.nonce().equals(request.getResponseNonce())) {
            return null;
        }
        outstanding = null;
        if (request.hasErrorDetail()) {
            String message = request.getErrorDetail().getMessage().replaceAll("\\p{Cntrl}", "?");
            lastRejection = message.length() > MAX_REJECTION ? message.substring(0, MAX_REJECTION) + "…" : message;
        }
        return current;
    }

    String lastRejection() {
        return lastRejection;
    }

    ClientStatus.TypeStatus status() {
        return new ClientStatus.TypeStatus(
                typeUrl,
                subscription.isWildcard(),
                subscription.nameCount(),
                subscription.behind(),
                outstanding != null,
                lastRejection);
    }
}
