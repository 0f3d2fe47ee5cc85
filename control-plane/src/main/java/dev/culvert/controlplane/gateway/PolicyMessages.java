package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.AuthorizationPolicy.Action;
import dev.culvert.api.waypoint.AuthorizationPolicy.Condition;
import dev.culvert.api.waypoint.AuthorizationPolicy.Operation;
import dev.culvert.api.waypoint.AuthorizationPolicy.Rule;
import dev.culvert.api.waypoint.AuthorizationPolicy.Source;
import dev.culvert.controlplane.policy.CidrBlock;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.AuthorizationPolicy.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Makes the message of an AuthorizationPolicy, with every field. Pure.
///
/// A policy with something that nobody could judge is sent as a whole, with the reason: a waypoint then refuses
/// what the policy is attached to.
public final class PolicyMessages {
    private static final Set<String> KEYS = Set.of(
            "request.auth.principal",
            "request.auth.audiences",
            "request.auth.presenter",
            "source.ip",
            "source.namespace",
            "source.principal",
            "source.serviceAccount",
            "remote.ip",
            "destination.ip",
            "destination.port",
            "connection.sni");
    private static final Pattern INDEXED =
            Pattern.compile("request\\.(headers\\[[^\\[\\]]+]|auth\\.claims(\\[[^\\[\\]]+])+)");
    private static final Set<String> ADDRESSES = Set.of("source.ip", "remote.ip", "destination.ip");

    private final String namespace;
    private final List<String> problems = new ArrayList<>();

    private PolicyMessages(String namespace) {
        this.namespace = namespace;
    }

    /// The message of `policy`.
    public static dev.culvert.api.waypoint.AuthorizationPolicy of(AuthorizationPolicy policy) {
        return new PolicyMessages(policy.metadata().namespace()).build(policy);
    }

    private dev.culvert.api.waypoint.AuthorizationPolicy build(AuthorizationPolicy policy) {
        var built = dev.culvert.api.waypoint.AuthorizationPolicy.newBuilder()
                .setNamespace(namespace)
                .setName(policy.metadata().name())
                .setAction(action(policy.action()))
                .setDryRun(policy.dryRun())
                .setProvider(policy.provider());
        policy.rules().forEach(rule -> built.addRules(rule(rule)));
        if (policy.action() == AuthorizationPolicy.Action.CUSTOM
                && policy.provider().isEmpty()) {
            problems.add("action CUSTOM without a provider");
        }
        return built.setInvalid(String.join("; ", problems)).build();
    }

    private static Action action(AuthorizationPolicy.Action action) {
        return switch (action) {
            case ALLOW -> Action.ALLOW;
            case DENY -> Action.DENY;
            case AUDIT -> Action.AUDIT;
            case CUSTOM -> Action.CUSTOM;
        };
    }

    private Rule rule(AuthorizationPolicy.Rule rule) {
        Rule.Builder built = Rule.newBuilder();
        rule.from().forEach(source -> built.addFrom(source(source)));
        rule.to().forEach(operation -> built.addTo(operation(operation)));
        rule.when().forEach(when -> built.addWhen(condition(when)));
        return built.build();
    }

    private Source source(AuthorizationPolicy.Source source) {
        return Source.newBuilder()
                .addAllPrincipals(source.principals().in())
                .addAllNotPrincipals(source.principals().notIn())
                .addAllRequestPrincipals(source.requestPrincipals().in())
                .addAllNotRequestPrincipals(source.requestPrincipals().notIn())
                .addAllNamespaces(source.namespaces().in())
                .addAllNotNamespaces(source.namespaces().notIn())
                .addAllServiceAccounts(accounts(source.serviceAccounts().in()))
                .addAllNotServiceAccounts(accounts(source.serviceAccounts().notIn()))
                .addAllTrustDomains(source.trustDomains().in())
                .addAllNotTrustDomains(source.trustDomains().notIn())
                .addAllIpBlocks(blocks("ipBlocks", source.ipBlocks().in()))
                .addAllNotIpBlocks(blocks("notIpBlocks", source.ipBlocks().notIn()))
                .addAllRemoteIpBlocks(
                        blocks("remoteIpBlocks", source.remoteIpBlocks().in()))
                .addAllNotRemoteIpBlocks(
                        blocks("notRemoteIpBlocks", source.remoteIpBlocks().notIn()))
                .build();
    }

    private Operation operation(AuthorizationPolicy.Operation operation) {
        return Operation.newBuilder()
                .addAllHosts(operation.hosts().in())
                .addAllNotHosts(operation.hosts().notIn())
                .addAllPorts(ports("ports", operation.ports().in()))
                .addAllNotPorts(ports("notPorts", operation.ports().notIn()))
                .addAllMethods(operation.methods().in())
                .addAllNotMethods(operation.methods().notIn())
                .addAllPaths(operation.paths().in())
                .addAllNotPaths(operation.paths().notIn())
                .build();
    }

    private Condition condition(AuthorizationPolicy.When when) {
        String key = when.key();
        Values values = when.values();
        if (!KEYS.contains(key) && !INDEXED.matcher(key).matches()) {
            problems.add("condition on '" + key + "', which is not known");
        } else if (values.any()) {
            problems.add("condition on '" + key + "' without values");
        }
        if (ADDRESSES.contains(key)) {
            blocks(key, values.in());
            blocks(key, values.notIn());
        } else if (key.equals("destination.port")) {
            ports(key, values.in());
            ports(key, values.notIn());
        }
        boolean account = key.equals("source.serviceAccount");
        return Condition.newBuilder()
                .setKey(key)
                .addAllValues(account ? accounts(values.in()) : values.in())
                .addAllNotValues(account ? accounts(values.notIn()) : values.notIn())
                .build();
    }

    private List<String> accounts(List<String> names) {
        return names.stream()
                .map(name -> name.indexOf('/') < 0 ? namespace + "/" + name : name)
                .toList();
    }

    private List<String> blocks(String attribute, List<String> values) {
        values.stream()
                .filter(value -> CidrBlock.tryParse(value) == null)
                .forEach(value -> problems.add(attribute + " value '" + value + "' is no address or range"));
        return values;
    }

    private List<String> ports(String attribute, List<String> values) {
        values.stream()
                .filter(value -> !value.matches("[0-9]{1,5}") || Integer.parseInt(value) > 65535)
                .forEach(value -> problems.add(attribute + " value '" + value + "' is no port"));
        return values;
    }
}
