package dev.culvert.mesh.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.culvert.api.authorization.Address;
import dev.culvert.api.authorization.ServiceAccountMatch;
import dev.culvert.mesh.authz.Authorization;
import dev.culvert.mesh.authz.Authorization.Attribute;
import dev.culvert.mesh.authz.Authorization.Clause;
import dev.culvert.mesh.authz.Authorization.Condition;
import dev.culvert.mesh.authz.Authorization.Match;
import dev.culvert.mesh.authz.Authorization.Rule;
import dev.culvert.mesh.authz.Matcher;
import dev.culvert.mesh.authz.StringMatch;
import dev.culvert.mesh.model.CidrBlock;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import java.util.ArrayList;
import java.util.List;

/// Turns a message of type `istio.security.Authorization` into an [Authorization], or says why not.
///
/// Stateless. It drops nothing: a value that cannot be understood rejects the policy, for without it an ALLOW
/// could let more through than it says.
final class AuthorizationDecoder {
    private AuthorizationDecoder() {}

    static Authorization decode(ByteString bytes) throws Rejected {
        try {
            return decode(dev.culvert.api.authorization.Authorization.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new Rejected("not a legal message: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new Rejected(e);
        }
    }

    private static Authorization decode(dev.culvert.api.authorization.Authorization message) throws Rejected {
        Authorization.Scope scope = switch (message.getScope()) {
            case GLOBAL -> Authorization.Scope.GLOBAL;
            case NAMESPACE -> Authorization.Scope.NAMESPACE;
            case WORKLOAD_SELECTOR -> Authorization.Scope.WORKLOAD_SELECTOR;
            case UNRECOGNIZED -> throw WorkloadDecoder.unknown("scope", message.getScopeValue());
        };
        Authorization.Action action = switch (message.getAction()) {
            case ALLOW -> Authorization.Action.ALLOW;
            case DENY -> Authorization.Action.DENY;
            case UNRECOGNIZED -> throw WorkloadDecoder.unknown("action", message.getActionValue());
        };
        List<Rule> rules = new ArrayList<>();
        for (var rule : message.getRulesList()) {
            List<Clause> clauses = new ArrayList<>();
            for (var clause : rule.getClausesList()) {
                List<Match> matches = new ArrayList<>();
                for (var match : clause.getMatchesList()) {
                    matches.add(match(match));
                }
                clauses.add(new Clause(matches));
            }
            rules.add(new Rule(clauses));
        }
        PolicyKey key = new PolicyKey(message.getNamespace(), message.getName());
        return new Authorization(key, scope, action, rules, message.getDryRun());
    }

    private static Match match(dev.culvert.api.authorization.Match message) throws Rejected {
        List<Condition> conditions = new ArrayList<>();
        add(
                conditions,
                Attribute.NAMESPACE,
                each(message.getNamespacesList(), text -> new Matcher.Namespace(string(text))),
                each(message.getNotNamespacesList(), text -> new Matcher.Namespace(string(text))));
        add(
                conditions,
                Attribute.PRINCIPAL,
                each(message.getPrincipalsList(), text -> new Matcher.Principal(string(text))),
                each(message.getNotPrincipalsList(), text -> new Matcher.Principal(string(text))));
        add(
                conditions,
                Attribute.SOURCE_IP,
                each(message.getSourceIpsList(), ip -> new Matcher.SourceIp(range("source IP", ip))),
                each(message.getNotSourceIpsList(), ip -> new Matcher.SourceIp(range("source IP", ip))));
        add(
                conditions,
                Attribute.DESTINATION_IP,
                each(message.getDestinationIpsList(), ip -> new Matcher.DestinationIp(range("destination IP", ip))),
                each(message.getNotDestinationIpsList(), ip -> new Matcher.DestinationIp(range("destination IP", ip))));
        add(
                conditions,
                Attribute.DESTINATION_PORT,
                each(message.getDestinationPortsList(), AuthorizationDecoder::port),
                each(message.getNotDestinationPortsList(), AuthorizationDecoder::port));
        add(
                conditions,
                Attribute.SERVICE_ACCOUNT,
                each(message.getServiceAccountsList(), AuthorizationDecoder::account),
                each(message.getNotServiceAccountsList(), AuthorizationDecoder::account));
        return new Match(conditions);
    }

    private static void add(List<Condition> conditions, Attribute attribute, List<Matcher> any, List<Matcher> none) {
        if (!any.isEmpty() || !none.isEmpty()) {
            conditions.add(new Condition(attribute, any, none));
        }
    }

    private interface Decode<F> {
        Matcher from(F field) throws Rejected;
    }

    private static <F> List<Matcher> each(List<F> fields, Decode<F> decode) throws Rejected {
        List<Matcher> matchers = new ArrayList<>(fields.size());
        for (F field : fields) {
            matchers.add(decode.from(field));
        }
        return matchers;
    }

    private static StringMatch string(dev.culvert.api.authorization.StringMatch message) throws Rejected {
        return switch (message.getMatchTypeCase()) {
            case EXACT -> new StringMatch.Exact(message.getExact());
            case PREFIX -> new StringMatch.Prefix(message.getPrefix());
            case SUFFIX -> new StringMatch.Suffix(message.getSuffix());
            case PRESENCE -> new StringMatch.Presence();
            case MATCHTYPE_NOT_SET -> throw new Rejected("string match is none of exact, prefix, suffix, presence");
        };
    }

    private static CidrBlock range(String field, Address message) throws Rejected {
        return new CidrBlock(AddressDecoder.address(field, message.getAddress()), message.getLength());
    }

    private static Matcher port(int port) {
        return new Matcher.DestinationPort(PortMap.checkPort("destination port", port));
    }

    private static Matcher account(ServiceAccountMatch message) {
        return new Matcher.ServiceAccount(message.getNamespace(), message.getServiceAccount());
    }
}
