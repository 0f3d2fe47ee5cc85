package dev.culvert.waypoint.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every field of a rule and every key of a condition: what it matches and what it does not, as
/// a DENY and as an
/// ALLOW of just that.
final class AttributesTest {

    private static Ask request(String method, String target) {
        return Ask.with(method, target)
                .host("Shop.Example.com:8080")
                .as("spiffe://cluster.local/ns/shop/sa/cart")
                .from("10.0.0.7")
                .to("10.96.0.5", 8080)
                .header("x-role", "admin")
                .header("x-forwarded-for", "1.2.3.4, 198.51.100.9")
                .at("trust_domain: 'cluster.local' trust_domain_aliases: 'old.example' trusted_proxies: 1");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "from { principals: 'cluster.local/ns/shop/sa/cart' }",
                "from { principals: 'spiffe://cluster.local/ns/shop/sa/cart' }",
                "from { principals: 'old.example/ns/shop/sa/cart' }",
                "from { principals: '*/ns/shop/sa/cart' }",
                "from { principals: 'cluster.local/ns/shop/*' }",
                "from { principals: '*' }",
                "from { not_principals: 'cluster.local/ns/shop/sa/other' }",
                "from { namespaces: 'shop' }",
                "from { namespaces: 's*p' }",
                "from { namespaces: '*op' }",
                "from { namespaces: ['none', 'shop'] }",
                "from { not_namespaces: 'shopping' }",
                "from { service_accounts: 'shop/cart' }",
                "from { service_accounts: 'cart' }",
                "from { not_service_accounts: 'shop/other' }",
                "from { trust_domains: 'cluster.local' }",
                "from { trust_domains: 'old.example' }",
                "from { not_trust_domains: 'elsewhere' }",
                "from { ip_blocks: '10.0.0.0/24' }",
                "from { ip_blocks: '10.0.0.7' }",
                "from { ip_blocks: '::ffff:10.0.0.0/120' }",
                "from { not_ip_blocks: '10.0.1.0/24' }",
                "from { remote_ip_blocks: '198.51.100.0/24' }",
                "from { not_remote_ip_blocks: '1.2.3.4' }",
                "from { not_request_principals: '*' }",
                "from { namespaces: 'none' } from { namespaces: 'shop' }",
                "to { methods: 'POST' }",
                "to { methods: 'P*' }",
                "to { methods: '*' }",
                "to { not_methods: 'GET' }",
                "to { ports: '8080' }",
                "to { not_ports: '80' }",
                "to { hosts: 'shop.example.com' }",
                "to { hosts: 'SHOP.example.com.' }",
                "to { hosts: 'shop.example.com:8080' }",
                "to { hosts: '*.example.com' }",
                "to { hosts: 'shop.*' }",
                "to { not_hosts: 'example.com' }",
                "to { paths: '/items/7' }",
                "to { paths: '/items*' }",
                "to { paths: '*/7' }",
                "to { paths: '/items/{*}' }",
                "to { paths: '/{**}/7' }",
                "to { not_paths: '/items' }",
                "when { key: 'request.headers[X-Role]' values: 'admin' }",
                "when { key: 'request.headers[x-role]' values: '*' }",
                "when { key: 'request.headers[x-role]' not_values: 'reader' }",
                "when { key: 'request.headers[x-none]' not_values: 'x' }",
                "when { key: 'request.headers[:method]' values: 'POST' }",
                "when { key: 'source.ip' values: '10.0.0.0/8' }",
                "when { key: 'source.namespace' values: 'shop' }",
                "when { key: 'source.principal' values: 'cluster.local/ns/shop/sa/cart' }",
                "when { key: 'source.serviceAccount' values: 'shop/cart' }",
                "when { key: 'remote.ip' values: '198.51.100.9' }",
                "when { key: 'destination.ip' values: '10.96.0.0/16' }",
                "when { key: 'destination.port' values: '8080' }",
                "when { key: 'connection.sni' not_values: 'x' }",
                "when { key: 'request.auth.principal' not_values: '*' }",
                "from { namespaces: 'shop' } to { methods: 'POST' } when { key: 'destination.port' values: '8080' }"
            })
    void matches(String rule) {
        assertThat(request("POST", "/items/7").isAllowedUnder(Ask.policy("DENY", rule)))
                .as("under DENY")
                .isFalse();
        assertThat(request("POST", "/items/7").isAllowedUnder(Ask.policy("ALLOW", rule)))
                .as("under ALLOW")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "from { principals: 'elsewhere/ns/shop/sa/cart' }",
                "from { principals: 'cluster.local/ns/shop/sa/car' }",
                "from { not_principals: '*' }",
                "from { not_principals: 'old.example/ns/shop/sa/cart' }",
                "from { namespaces: 'sho' }",
                "from { namespaces: 's*x*p' }",
                "from { not_namespaces: 'shop' }",
                "from { service_accounts: 'other/cart' }",
                "from { service_accounts: 'shop/car' }",
                "from { trust_domains: 'elsewhere' }",
                "from { ip_blocks: '10.0.1.0/24' }",
                "from { not_ip_blocks: '10.0.0.0/24' }",
                "from { remote_ip_blocks: '1.2.3.4' }",
                "from { request_principals: '*' }",
                "from { namespaces: 'shop' service_accounts: 'shop/other' }",
                "to { methods: 'GET' }",
                "to { not_methods: 'POST' }",
                "to { ports: '80' }",
                "to { hosts: 'example.com' }",
                "to { hosts: 'shop.example.com:80' }",
                "to { not_hosts: 'shop.example.com' }",
                "to { paths: '/items' }",
                "to { paths: '/items/{*}/x' }",
                "to { not_paths: '/items/*' }",
                "to { methods: 'POST' paths: '/other' }",
                "when { key: 'request.headers[x-role]' values: 'adm' }",
                "when { key: 'request.headers[x-role]' not_values: 'admin' }",
                "when { key: 'request.headers[x-none]' values: '*' }",
                "when { key: 'source.ip' values: '11.0.0.0/8' }",
                "when { key: 'source.namespace' not_values: 'shop' }",
                "when { key: 'source.serviceAccount' values: 'x/cart' }",
                "when { key: 'remote.ip' values: '10.0.0.7' }",
                "when { key: 'destination.ip' values: '10.97.0.0/16' }",
                "when { key: 'destination.port' not_values: '8080' }",
                "when { key: 'connection.sni' values: '*' }",
                "when { key: 'request.auth.claims[iss]' values: '*' }",
                "when { key: 'request.auth.audiences' values: '*' }",
                "when { key: 'request.auth.presenter' values: '*' }",
                "from { namespaces: 'shop' } to { methods: 'GET' }",
                "to { methods: 'POST' } when { key: 'destination.port' values: '80' }"
            })
    void doesNotMatch(String rule) {
        assertThat(request("POST", "/items/7").isAllowedUnder(Ask.policy("DENY", rule)))
                .as("under DENY")
                .isTrue();
        assertThat(request("POST", "/items/7").isAllowedUnder(Ask.policy("ALLOW", rule)))
                .as("under ALLOW")
                .isFalse();
    }

    /// Whatever cannot be told refuses, on either side.
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            delimiter = '|',
            value = {
                "when { key: 'experimental.envoy.filters.a.b[c]' values: 'x' }",
                "when { key: 'experimental.envoy.filters.a.b[c]' not_values: 'x' }",
                "when { key: 'request.header[x]' values: 'x' }",
                "when { key: 'request.headers[x' values: 'x' }",
                "when { key: 'source.ip' values: 'ten' }",
                "when { key: 'source.ip' values: '10.0.0.0/33' }",
                "when { key: 'source.ip' not_values: '10.0.0.0/x' }",
                "when { key: 'source.ip' values: '::ffff:10.0.0.0/64' }",
                "when { key: 'destination.port' values: '70000' }",
                "when { key: 'source.namespace' }",
                "from { }",
                "to { }",
                "to { ports: 'http' }",
                "to { not_ports: 'http' }",
                "to { paths: '/a/{name}/{*}' }",
                "to { paths: '' }",
                "to { not_paths: '/{**}/{*}' }"
            })
    void doubtIsRefusal(String rule) {
        assertThat(request("POST", "/items/7").isAllowedUnder(Ask.policy("DENY", rule)))
                .as("under DENY")
                .isFalse();
        assertThat(request("POST", "/items/7").isAllowedUnder(Ask.policy("ALLOW", rule)))
                .as("under ALLOW")
                .isFalse();
    }
}
