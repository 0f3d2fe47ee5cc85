package dev.culvert.ztunnel.admin;

import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.authz.Authorization.Attribute;
import dev.culvert.mesh.authz.Authorization.Condition;
import dev.culvert.mesh.authz.Authorization.Match;
import dev.culvert.mesh.authz.Matcher;
import dev.culvert.mesh.authz.StringMatch;
import dev.culvert.process.JsonWriter;
import java.util.List;

/// An authorization policy as the configuration dump shows it. Confined to the writer's thread.
final class PolicyJson {
    private final JsonWriter json;

    PolicyJson(JsonWriter json) {
        this.json = json;
    }

    void write(Authorization policy) {
        json.object(() -> {
            json.member("name", policy.key().name());
            json.member("namespace", policy.key().namespace());
            json.member(
                    "scope",
                    switch (policy.scope()) {
                        case GLOBAL -> "Global";
                        case NAMESPACE -> "Namespace";
                        case WORKLOAD_SELECTOR -> "WorkloadSelector";
                    });
            json.member(
                    "action",
                    switch (policy.action()) {
                        case ALLOW -> "Allow";
                        case DENY -> "Deny";
                    });
            json.list(
                    "rules",
                    policy.rules(),
                    rule -> json.array(() -> rule.clauses()
                            .forEach(clause -> json.element()
                                    .array(() -> clause.matches().forEach(match -> {
                                        json.element();
                                        write(match);
                                    })))));
            json.name("dryRun").bool(policy.dryRun());
        });
    }

    private void write(Match match) {
        json.object(() -> {
            for (Condition condition : match.conditions()) {
                write(name(condition.attribute(), false), condition.any());
                write(name(condition.attribute(), true), condition.none());
            }
        });
    }

    private static String name(Attribute attribute, boolean negated) {
        return switch (attribute) {
            case NAMESPACE -> negated ? "notNamespaces" : "namespaces";
            case PRINCIPAL -> negated ? "notPrincipals" : "principals";
            case SOURCE_IP -> negated ? "notSourceIps" : "sourceIps";
            case DESTINATION_IP -> negated ? "notDestinationIps" : "destinationIps";
            case DESTINATION_PORT -> negated ? "notDestinationPorts" : "destinationPorts";
            case SERVICE_ACCOUNT -> negated ? "notServiceAccounts" : "serviceAccounts";
        };
    }

    private void write(String name, List<Matcher> matchers) {
        if (!matchers.isEmpty()) {
            json.list(name, matchers, this::write);
        }
    }

    private void write(Matcher matcher) {
        switch (matcher) {
            case Matcher.Namespace(StringMatch value) -> write(value);
            case Matcher.Principal(StringMatch value) -> write(value);
            case Matcher.ServiceAccount(String namespace, String account) ->
                json.object(() -> {
                    json.member("namespace", namespace);
                    json.member("serviceAccount", account);
                });
            case Matcher.SourceIp(var range) -> json.text(range.toString());
            case Matcher.DestinationIp(var range) -> json.text(range.toString());
            case Matcher.DestinationPort(int port) -> json.number(port);
        }
    }

    private void write(StringMatch value) {
        json.object(() -> {
            switch (value) {
                case StringMatch.Exact(String text) -> json.member("Exact", text);
                case StringMatch.Prefix(String text) -> json.member("Prefix", text);
                case StringMatch.Suffix(String text) -> json.member("Suffix", text);
                case StringMatch.Presence() -> json.name("Presence").array(() -> {});
            }
        });
    }
}
