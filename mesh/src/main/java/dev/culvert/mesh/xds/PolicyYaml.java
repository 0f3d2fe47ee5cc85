package dev.culvert.mesh.xds;

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

/// Reads a policy of a [FileSource]: rules are a list of lists of lists of matches.
///
/// Stateless.
final class PolicyYaml {
    private PolicyYaml() {}

    static Authorization read(YamlObject yaml) {
        PolicyKey key = new PolicyKey(yaml.text("namespace", ""), yaml.text("name"));
        return new Authorization(
                key,
                yaml.choice("scope", Authorization.Scope.GLOBAL),
                yaml.choice("action", Authorization.Action.ALLOW),
                yaml.list("rules", PolicyYaml::rule),
                yaml.bool("dryRun"));
    }

    private static Rule rule(String path, Object rule) {
        return new Rule(YamlObject.list(
                path,
                rule,
                (clausePath, clause) -> new Clause(YamlObject.list(
                        clausePath,
                        clause,
                        (matchPath, match) -> YamlObject.whole(matchPath, match, PolicyYaml::match)))));
    }

    private static Match match(YamlObject yaml) {
        List<Condition> conditions = new ArrayList<>();
        add(
                conditions,
                Attribute.NAMESPACE,
                yaml,
                "namespaces",
                (path, item) -> new Matcher.Namespace(string(path, item)));
        add(
                conditions,
                Attribute.PRINCIPAL,
                yaml,
                "principals",
                (path, item) -> new Matcher.Principal(string(path, item)));
        add(
                conditions,
                Attribute.SOURCE_IP,
                yaml,
                "sourceIps",
                (path, item) -> new Matcher.SourceIp(CidrBlock.parse(YamlObject.text(path, item))));
        add(
                conditions,
                Attribute.DESTINATION_IP,
                yaml,
                "destinationIps",
                (path, item) -> new Matcher.DestinationIp(CidrBlock.parse(YamlObject.text(path, item))));
        add(
                conditions,
                Attribute.DESTINATION_PORT,
                yaml,
                "destinationPorts",
                (path, item) -> new Matcher.DestinationPort(PortMap.checkPort(path, YamlObject.number(path, item))));
        add(
                conditions,
                Attribute.SERVICE_ACCOUNT,
                yaml,
                "serviceAccounts",
                (path, item) -> YamlObject.whole(
                        path, item, it -> new Matcher.ServiceAccount(it.text("namespace"), it.text("serviceAccount"))));
        return new Match(conditions);
    }

    /// `field` holds the values, and `notField` those that must not be.
    private static void add(
            List<Condition> conditions,
            Attribute attribute,
            YamlObject yaml,
            String field,
            YamlObject.Item<Matcher> item) {
        List<Matcher> any = yaml.list(field, item);
        String negated = "not" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
        List<Matcher> none = yaml.list(negated, item);
        if (!any.isEmpty() || !none.isEmpty()) {
            conditions.add(new Condition(attribute, any, none));
        }
    }

    private static StringMatch string(String path, Object value) {
        return YamlObject.whole(path, value, yaml -> {
            List<String> kinds = yaml.fields();
            if (kinds.size() != 1) {
                throw YamlObject.wrong(path, value, "one of Exact, Prefix, Suffix, Presence");
            }
            return switch (kinds.getFirst()) {
                case "Exact" -> new StringMatch.Exact(yaml.text("Exact"));
                case "Prefix" -> new StringMatch.Prefix(yaml.text("Prefix"));
                case "Suffix" -> new StringMatch.Suffix(yaml.text("Suffix"));
                case "Presence" -> {
                    yaml.take("Presence");
                    yield new StringMatch.Presence();
                }
                default -> throw YamlObject.wrong(path, value, "one of Exact, Prefix, Suffix, Presence");
            };
        });
    }
}
