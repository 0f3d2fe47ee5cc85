package dev.culvert.controlplane.xds;

import dev.culvert.api.discovery.DeltaDiscoveryRequest;
import io.grpc.Status;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one client wants of one type, and how far it has been told. Confined to the client's
/// stream.
///
/// A wildcard client costs a revision. A client that names what it wants (Istio's on-demand mode)
/// is also told of the pods of its own node and of the workloads of each service that it asked for,
/// and of their changes; for that the names it was sent are kept.
final class Subscription {
    private static final String WILDCARD = "*";

    private final ResourceTable table;
    private final String node;
    private final XdsLimits limits;
    private final Set<String> names = new HashSet<>();
    private final Set<String> sent = new HashSet<>();
    /// Asked for, and not yet answered.
    private final Set<String> unanswered = new LinkedHashSet<>();
    /// Versions that the client brought with it; each is looked at once.
    private final Map<String, String> known = new HashMap<>();

    private boolean wildcard;
    private boolean owesReply = true;
    private long revision;
    private long startedAt;

    /// @param first the client's first request for the type
    Subscription(ResourceTable table, String node, XdsLimits limits, DeltaDiscoveryRequest first) throws Refusal {
        this.table = table;
        this.node = node;
        this.limits = limits;
        this.known.putAll(first.getInitialResourceVersionsMap());
        this.wildcard = (first.getResourceNamesSubscribeCount() == 0
                        || first.getResourceNamesSubscribeList().contains(WILDCARD))
                && !first.getResourceNamesUnsubscribeList().contains(WILDCARD);
        subscribe(first.getResourceNamesSubscribeList());
        unsubscribe(first.getResourceNamesUnsubscribeList());
        startedAt = table.head();
        if (!wildcard) {
            revision = startedAt;
            subscribe(known.keySet());
            table.onNode(node).forEach(resource -> unanswered.add(resource.name()));
        }
    }

    /// Takes the changes of a later request.
    void update(DeltaDiscoveryRequest request) throws Refusal {
        if (request.getResourceNamesSubscribeList().contains(WILDCARD) && !wildcard) {
            wildcard = true;
            revision = 0;
            startedAt = table.head();
            owesReply = true;
            sent.clear();
        }
        subscribe(request.getResourceNamesSubscribeList());
        unsubscribe(request.getResourceNamesUnsubscribeList());
    }

    /// Puts together what the client has not been told, or null when it knows all.
    ///
    /// @throws Refusal when the client is so far behind that removals have been forgotten
    @Nullable
    ResponseDraft next() throws Refusal {
        if (table.floor() > Math.max(revision, startedAt)) {
            throw new Refusal(
                    Status.UNAVAILABLE.withDescription("too far behind; reconnect with the versions you have"));
        }
        ResponseDraft draft = new ResponseDraft();
        addVanished(draft);
        addAnswers(draft);
        addChanges(draft);
        if (draft.isEmpty() && !owesReply) {
            return null;
        }
        owesReply = false;
        return draft;
    }

    boolean isWildcard() {
        return wildcard;
    }

    int nameCount() {
        return names.size();
    }

    /// How many changes of the type the client has not been told yet.
    long behind() {
        return table.head() - revision;
    }

    private void subscribe(Collection<String> wanted) throws Refusal {
        for (String name : wanted) {
            if (name.length() > limits.nameChars()) {
                throw new Refusal(Status.INVALID_ARGUMENT.withDescription(
                        "a resource name has more than " + limits.nameChars() + " characters"));
            }
            if (!name.equals(WILDCARD)) {
                names.add(name);
                unanswered.add(name);
            }
        }
        if (names.size() > limits.names()) {
            throw new Refusal(Status.RESOURCE_EXHAUSTED.withDescription(
                    "more than " + limits.names() + " names subscribed; subscribe to * instead"));
        }
    }

    private void unsubscribe(Collection<String> unwanted) {
        for (String name : unwanted) {
            if (name.equals(WILDCARD)) {
                wildcard = false;
            } else if (names.remove(name)) {
                unanswered.remove(name);
                table.matching(name).stream()
                        .filter(resource -> !chosen(resource))
                        .forEach(resource -> sent.remove(resource.name()));
            }
        }
    }

    /// Names that the client holds and we do not have: told once, at the start.
    private void addVanished(ResponseDraft draft) {
        if (owesReply) {
            known.keySet().removeIf(name -> {
                boolean vanished =
                        table.get(name) == null && table.matching(name).isEmpty();
                if (vanished) {
                    draft.remove(name);
                    unanswered.remove(name);
                }
                return vanished;
            });
        }
    }

    private void addAnswers(ResponseDraft draft) {
        Iterator<String> asked = unanswered.iterator();
        while (asked.hasNext() && draft.bytes() < limits.responseBytes()) {
            String name = asked.next();
            asked.remove();
            var found = table.matching(name);
            if (found.isEmpty()) {
                draft.remove(name);
            }
            for (PublishedResource resource : found) {
                if (!wildcard) {
                    sent.add(resource.name());
                }
                if (!isKnown(resource)) {
                    draft.put(resource);
                }
            }
        }
    }

    private void addChanges(ResponseDraft draft) {
        long head = table.head();
        for (ResourceTable.Entry entry : table.between(revision, head)) {
            if (draft.bytes() >= limits.responseBytes()) {
                return;
            }
            revision = entry.revision();
            PublishedResource resource = entry.resource();
            if (resource == null) {
                addRemoval(draft, entry);
            } else if ((wildcard || selects(resource)) && !isKnown(resource)) {
                draft.put(resource);
            }
        }
        revision = head;
        known.clear();
    }

    private void addRemoval(ResponseDraft draft, ResourceTable.Entry entry) {
        boolean held = wildcard ? entry.revision() > startedAt : sent.remove(entry.name());
        if (held) {
            draft.remove(entry.name());
        }
    }

    /// Whether a client that named its wishes is to hear of `resource`; remembers that it does.
    private boolean selects(PublishedResource resource) {
        if (!chosen(resource)) {
            return sent.contains(resource.name());
        }
        sent.add(resource.name());
        return true;
    }

    private boolean chosen(PublishedResource resource) {
        return (!node.isEmpty() && node.equals(resource.node()))
                || resource.keys().stream().anyMatch(names::contains);
    }

    private boolean isKnown(PublishedResource resource) {
        String version = known.remove(resource.name());
        return version != null && !version.isEmpty() && version.equals(resource.version());
    }
}
