package dev.culvert.controlplane.policy;

import com.google.protobuf.Empty;
import dev.culvert.api.authorization.Address;
import dev.culvert.api.authorization.Clause;
import dev.culvert.api.authorization.Match;
import dev.culvert.api.authorization.Rule;
import dev.culvert.api.authorization.ServiceAccountMatch;
import dev.culvert.api.authorization.StringMatch;
import dev.culvert.kube.resource.AuthorizationPolicy.Operation;
import dev.culvert.kube.resource.AuthorizationPolicy.Source;
import dev.culvert.kube.resource.AuthorizationPolicy.Values;
import dev.culvert.kube.resource.AuthorizationPolicy.When;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The translation of one rule of an AuthorizationPolicy. Confined to one call.
///
/// What a node proxy cannot judge (an attribute of layer 7, a value that is no port or address) is
/// *unjudged*. A rule of a DENY policy takes an unjudged condition as met, so it denies at least what the
/// full rule would deny. A rule of an ALLOW policy with anything unjudged is left out as a whole, so it
/// allows at most what the full rule would allow.
final class RuleTranslation {
    private final String namespace;
    private final boolean deny;
    private final Set<String> unjudged;
    private boolean incomplete;

    /// @param unjudged gathers what could not be carried, for the status
    RuleTranslation(String namespace, boolean deny, Set<String> unjudged) {
        this.namespace = namespace;
        this.deny = deny;
        this.unjudged = unjudged;
    }

    /// The rule as node proxies judge it, or null when they must not have it.
    @Nullable
    Rule translate(dev.culvert.kube.resource.AuthorizationPolicy.Rule rule) {
        Rule.Builder built = Rule.newBuilder();
        addClause(built, rule.to(), this::operation);
        addClause(built, rule.from(), this::source);
        for (When when : rule.when()) {
            addClause(built, List.of(when), this::when);
        }
        return incomplete && !deny ? null : built.build();
    }

    /// One clause out of alternatives. An alternative of which nothing is left to judge is met by everybody,
    /// and so is the clause.
    private <T> void addClause(Rule.Builder rule, List<T> alternatives, Function<T, Match> translate) {
        if (alternatives.isEmpty()) {
            return;
        }
        Clause.Builder clause = Clause.newBuilder();
        boolean everybody = false;
        for (T alternative : alternatives) {
            Match match = translate.apply(alternative);
            everybody |= match.equals(Match.getDefaultInstance());
            clause.addMatches(match);
        }
        if (!everybody || !deny) {
            rule.addClauses(clause);
        }
    }

    private Match operation(Operation operation) {
        Match.Builder match = Match.newBuilder();
        notJudged("hosts", operation.hosts());
        notJudged("methods", operation.methods());
        notJudged("paths", operation.paths());
        ports(match, "ports", operation.ports());
        return match.build();
    }

    private Match source(Source source) {
        Match.Builder match = Match.newBuilder();
        notJudged("requestPrincipals", source.requestPrincipals());
        notJudged("remoteIpBlocks", source.remoteIpBlocks());
        notJudged("trustDomains", source.trustDomains());
        strings("principals", source.principals(), match::addPrincipals, match::addNotPrincipals);
        strings("namespaces", source.namespaces(), match::addNamespaces, match::addNotNamespaces);
        serviceAccounts(match, "serviceAccounts", source.serviceAccounts());
        addresses("ipBlocks", source.ipBlocks(), match::addSourceIps, match::addNotSourceIps);
        return match.build();
    }

    private Match when(When when) {
        Match.Builder match = Match.newBuilder();
        Values values = when.values();
        if (values.any()) {
            unjudged(when.key() + " without values");
        }
        switch (when.key()) {
            case "source.ip" -> addresses("source.ip", values, match::addSourceIps, match::addNotSourceIps);
            case "source.namespace" ->
                strings("source.namespace", values, match::addNamespaces, match::addNotNamespaces);
            case "source.principal" ->
                strings("source.principal", values, match::addPrincipals, match::addNotPrincipals);
            case "source.serviceAccount" -> serviceAccounts(match, "source.serviceAccount", values);
            case "destination.ip" ->
                addresses("destination.ip", values, match::addDestinationIps, match::addNotDestinationIps);
            case "destination.port" -> ports(match, "destination.port", values);
            default -> unjudged(when.key());
        }
        return match.build();
    }

    private void notJudged(String attribute, Values values) {
        if (!values.in().isEmpty()) {
            unjudged(attribute);
        }
        if (!values.notIn().isEmpty()) {
            unjudged("not" + Character.toUpperCase(attribute.charAt(0)) + attribute.substring(1));
        }
    }

    private void ports(Match.Builder match, String attribute, Values values) {
        convert(attribute, values, RuleTranslation::port, match::addDestinationPorts, match::addNotDestinationPorts);
    }

    private void addresses(String attribute, Values values, Consumer<Address> in, Consumer<Address> notIn) {
        convert(attribute, values, RuleTranslation::address, in, notIn);
    }

    private void strings(String attribute, Values values, Consumer<StringMatch> in, Consumer<StringMatch> notIn) {
        convert(attribute, values, RuleTranslation::stringMatch, in, notIn);
    }

    private void serviceAccounts(Match.Builder match, String attribute, Values values) {
        convert(attribute, values, this::serviceAccount, match::addServiceAccounts, match::addNotServiceAccounts);
    }

    /// Carries those values over that can be. A positive list of which nothing can be carried would become
    /// "no restriction", so an ALLOW rule must not have it; a negative value that can exclude nothing is safe
    /// to lose.
    private <T> void convert(
            String attribute, Values values, Function<String, @Nullable T> parser, Consumer<T> in, Consumer<T> notIn) {
        boolean carried = values.in().isEmpty();
        for (String value : values.in()) {
            T parsed = parser.apply(value);
            if (parsed == null) {
                unjudged.add(attribute + " value '" + value + "'");
            } else {
                in.accept(parsed);
                carried = true;
            }
        }
        if (!carried) {
            incomplete = true;
        }
        for (String value : values.notIn()) {
            T parsed = parser.apply(value);
            if (parsed == null) {
                unjudged(attribute + " value '" + value + "'");
            } else {
                notIn.accept(parsed);
            }
        }
    }

    private void unjudged(String what) {
        unjudged.add(what);
        incomplete = true;
    }

    private static @Nullable Integer port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        return port >= 1 && port <= 65535 ? port : null;
    }

    private static @Nullable Address address(String text) {
        CidrBlock block = CidrBlock.tryParse(text);
        return block == null
                ? null
                : Address.newBuilder()
                        .setAddress(block.bytes())
                        .setLength(block.length())
                        .build();
    }

    private static @Nullable StringMatch stringMatch(String text) {
        StringMatch.Builder match = StringMatch.newBuilder();
        if (text.isEmpty()) {
            return null;
        }
        if (text.equals("*")) {
            return match.setPresence(Empty.getDefaultInstance()).build();
        }
        if (text.startsWith("*")) {
            return match.setSuffix(text.substring(1)).build();
        }
        if (text.endsWith("*")) {
            return match.setPrefix(text.substring(0, text.length() - 1)).build();
        }
        return match.setExact(text).build();
    }

    private @Nullable ServiceAccountMatch serviceAccount(String text) {
        int slash = text.indexOf('/');
        String name = text.substring(slash + 1);
        String where = slash < 0 ? namespace : text.substring(0, slash);
        return name.isEmpty() || where.isEmpty()
                ? null
                : ServiceAccountMatch.newBuilder()
                        .setNamespace(where)
                        .setServiceAccount(name)
                        .build();
    }
}
