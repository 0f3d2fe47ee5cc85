package dev.culvert.waypoint.policy;

import com.google.protobuf.TextFormat;
import dev.culvert.api.waypoint.AuthorizationPolicy.Condition;
import dev.culvert.api.waypoint.AuthorizationPolicy.Operation;
import dev.culvert.api.waypoint.AuthorizationPolicy.Rule;
import dev.culvert.api.waypoint.AuthorizationPolicy.Source;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Makes rules for one place where they are asked.
///
/// Pure. What is not known at that place counts as the doubt says: so on a connection without
/// HTTP a rule of ALLOW
/// that names a path never matches, and one of DENY matches whatever else it says.
///
/// @param namespace of the policy
/// @param admitting whether a match admits
/// @param http whether there is a head of a request
/// @param token whether the claims of its token are known yet
record RuleCompiler(String namespace, boolean admitting, boolean http, boolean token) {
    private static final int MAX_TEXT = 300;

    /// Makes the matcher of one value.
    interface Maker extends BiFunction<String, Doubt, ValueMatcher> {}

    CompiledRule compile(Rule rule) {
        return new CompiledRule(
                rule.getFromList().stream().map(this::source).toList(),
                rule.getToList().stream().map(this::operation).toList(),
                rule.getWhenList().stream().map(this::condition).toList(),
                text(rule));
    }

    private List<Field> source(Source source) {
        List<Field> fields = new ArrayList<>();
        add(fields, true, source.getPrincipalsList(), source.getNotPrincipalsList(), Matchers::principal);
        add(
                fields,
                token,
                source.getRequestPrincipalsList(),
                source.getNotRequestPrincipalsList(),
                Matchers::requestPrincipal);
        add(fields, true, source.getNamespacesList(), source.getNotNamespacesList(), Matchers::namespace);
        add(
                fields,
                true,
                source.getServiceAccountsList(),
                source.getNotServiceAccountsList(),
                (value, _) -> Matchers.serviceAccount(value, namespace));
        add(fields, true, source.getTrustDomainsList(), source.getNotTrustDomainsList(), Matchers::trustDomain);
        add(fields, true, source.getIpBlocksList(), source.getNotIpBlocksList(), address(Facts::sourceAddress));
        add(
                fields,
                http,
                source.getRemoteIpBlocksList(),
                source.getNotRemoteIpBlocksList(),
                address(Facts::remoteAddress));
        return orDoubt(fields);
    }

    private List<Field> operation(Operation operation) {
        List<Field> fields = new ArrayList<>();
        add(fields, true, operation.getPortsList(), operation.getNotPortsList(), Matchers::port);
        add(fields, http, operation.getMethodsList(), operation.getNotMethodsList(), Matchers::method);
        add(fields, http, operation.getHostsList(), operation.getNotHostsList(), Matchers::host);
        add(fields, http, operation.getPathsList(), operation.getNotPathsList(), Matchers::path);
        return orDoubt(fields);
    }

    private Field condition(Condition condition) {
        List<Field> fields = new ArrayList<>();
        Attribute attribute = Attribute.of(condition.getKey());
        add(
                fields,
                attribute.isKnown(http, token),
                condition.getValuesList(),
                condition.getNotValuesList(),
                maker(attribute));
        return orDoubt(fields).getFirst();
    }

    private Maker maker(Attribute attribute) {
        return switch (attribute) {
            case Attribute.Header(String name) ->
                (value, doubt) -> new HeaderMatcher(name, TextForm.parse(value), doubt);
            case Attribute.Claim(List<String> path) -> (value, _) -> Matchers.claim(path, value);
            case Attribute.Plain plain ->
                switch (plain) {
                    case REQUEST_PRINCIPAL -> Matchers::requestPrincipal;
                    case SOURCE_IP -> address(Facts::sourceAddress);
                    case SOURCE_NAMESPACE -> Matchers::namespace;
                    case SOURCE_PRINCIPAL -> Matchers::principal;
                    case SOURCE_SERVICE_ACCOUNT -> (value, _) -> Matchers.serviceAccount(value, namespace);
                    case REMOTE_IP -> address(Facts::remoteAddress);
                    case DESTINATION_IP -> address(Facts::destinationAddress);
                    case DESTINATION_PORT -> Matchers::port;
                    case SERVER_NAME -> Matchers::serverName;
                    case UNKNOWN -> (_, doubt) -> ValueMatcher.unknown(doubt);
                };
        };
    }

    private static Maker address(Function<Facts, InetAddress> which) {
        return (value, doubt) -> Matchers.address(value, doubt, which);
    }

    private void add(List<Field> fields, boolean known, List<String> values, List<String> notValues, Maker maker) {
        if (!values.isEmpty() || !notValues.isEmpty()) {
            fields.add(new Field(matchers(values, known, maker, false), matchers(notValues, known, maker, true)));
        }
    }

    private List<ValueMatcher> matchers(List<String> values, boolean known, Maker maker, boolean negated) {
        Doubt doubt = Doubt.of(admitting, negated);
        return values.stream()
                .map(value -> known && !value.isEmpty() ? maker.apply(value, doubt) : ValueMatcher.unknown(doubt))
                .toList();
    }

    /// What says nothing at all is in doubt as a whole.
    private List<Field> orDoubt(List<Field> fields) {
        return fields.isEmpty()
                ? List.of(new Field(List.of(ValueMatcher.unknown(Doubt.of(admitting, false))), List.of()))
                : fields;
    }

    private static String text(Rule rule) {
        String text = TextFormat.printer().emittingSingleLine(true).printToString(rule);
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "..." : text;
    }
}
