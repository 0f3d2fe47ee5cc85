package dev.culvert.waypoint.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.exchange.LocalReply;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ways that once led round the policies of meshes and proxies, each by its name.
final class BypassTest {
    private static final String DENY_ADMIN = Ask.policy("DENY", "to { paths: ['/admin', '/admin/*'] }");
    private static final String ALLOW_PUBLIC = Ask.policy("ALLOW", "to { paths: '/public/*' }");

    /// CVE-2021-31920 and what else servers take for `/admin`: refused in whichever mode paths
    /// are normalized.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin",
                "//admin",
                "///admin/x",
                "/%2fadmin",
                "/%2Fadmin/x",
                "/admin%2Fx",
                "/%5cadmin",
                "/admin%5Cx",
                "\\admin",
                "/\\admin",
                "/x/../admin",
                "/x/%2e%2e/admin",
                "/x/%2E./admin/",
                "/./admin",
                "/admin/.",
                "/admin/",
                "/admin//",
                "/admin;x=1",
                "/admin;/x",
                "/;x/admin",
                "/%61dmin",
                "/%2561dmin",
                "/x/%252e%252e/admin",
                "/x%252f..%252fadmin",
                "/x/..%2fadmin",
                "/x/..;/admin",
                "/x/..%3b/admin",
                "/x/.%2e;a=b/admin",
                "/admin?x=/public/",
                "/admin#/public/",
                "/admin%00",
                "/x/%c0%ae%c0%ae/admin",
                "/%c0%afadmin",
                "/%e0%80%afadmin",
                "/%f0%80%80%afadmin"
            })
    void pathDeniedHoweverItIsSpelt(String target) {
        for (String mode : new String[] {"BASE", "NONE", "MERGE_SLASHES", "DECODE_AND_MERGE_SLASHES"}) {
            assertThat(Ask.get(target).at("path_normalization: " + mode).isAllowedUnder(DENY_ADMIN))
                    .as(mode)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/public/../admin",
                "/public/..%2fadmin#",
                "/public/%2e%2e/admin",
                "/public/..;/admin",
                "/public/.%2E;x/admin",
                "/public/..\\admin",
                "/public/%00/../admin"
            })
    void pathAllowedOnlyForWhatItIs(String target) {
        assertThat(Ask.get(target).isAllowedUnder(ALLOW_PUBLIC)).isFalse();
    }

    @Test
    void cve202139156FragmentIsRefused() {
        LocalReply reply = Ask.get("/public/x#/../admin").refusalUnder(ALLOW_PUBLIC);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.details()).isEqualTo("request_target_has_fragment");
    }

    /// CVE-2021-39155 (case) and ISTIO-SECURITY-2021-008 (port), and the dot of a full name.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin.example.com",
                "ADMIN.example.COM",
                "admin.example.com:80",
                "Admin.Example.com.:8080",
                "admin.example.com.",
                "x@admin.example.com",
                "admin.example.com/x",
                "admin.example.com#"
            })
    void hostDeniedHoweverItIsSpelt(String host) {
        String policy = Ask.policy("DENY", "to { hosts: 'admin.example.com' }");
        assertThat(Ask.get("/").host(host).isAllowedUnder(policy)).isFalse();
        String others = Ask.policy("ALLOW", "to { not_hosts: 'Admin.example.com' }");
        assertThat(Ask.get("/").host(host).isAllowedUnder(others)).isFalse();
    }

    /// CVE-2026-26308: values of a field taken apart or put together.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"guest|admin", "admin|guest", "guest,admin|", "guest, admin ,x|", "admin|admin"})
    void cve202626308ValuesOfAHeader(String first, @Nullable String second) {
        String deny = Ask.policy("DENY", "when { key: 'request.headers[x-role]' values: 'admin' }");
        assertThat(withRoles(first, second).isAllowedUnder(deny)).isFalse();
        String allowOthers = Ask.policy("ALLOW", "when { key: 'request.headers[x-role]' not_values: 'admin' }");
        assertThat(withRoles(first, second).isAllowedUnder(allowOthers)).isFalse();
        String allow = Ask.policy("ALLOW", "when { key: 'request.headers[x-role]' values: 'guest' }");
        assertThat(withRoles(first, second).isAllowedUnder(allow)).isFalse();
        String denyOthers = Ask.policy("DENY", "when { key: 'request.headers[x-role]' not_values: 'guest' }");
        assertThat(withRoles(first, second).isAllowedUnder(denyOthers)).isFalse();
    }

    @Test
    void joinedValueThatADenyNamesIsFoundInSeveralLines() {
        String deny = Ask.policy("DENY", "when { key: 'request.headers[x-role]' values: 'a,b' }");
        assertThat(withRoles("a", "b").isAllowedUnder(deny)).isFalse();
    }

    private static Ask withRoles(String first, @Nullable String second) {
        Ask ask = Ask.get("/").header("x-role", first);
        return second == null ? ask : ask.header("X-Role", second);
    }

    /// CVE-2026-39350 and its like: a dot in a name is a dot.
    @Test
    void cve202639350DotsAreNoPatterns() {
        Ask dashed = Ask.get("/").as("spiffe://cluster.local/ns/a-b/sa/c-d");
        for (String rule : new String[] {
            "from { service_accounts: 'a.b/c.d' }",
            "from { principals: 'cluster.local/ns/a.b/sa/c.d' }",
            "from { namespaces: 'a.b' }",
            "from { namespaces: 'a.*' }",
            "from { trust_domains: 'cluster-local' }"
        }) {
            assertThat(dashed.isAllowedUnder(Ask.policy("ALLOW", rule)))
                    .as(rule)
                    .isFalse();
        }
    }

    /// CVE-2026-47778: what follows a NUL must not be cut off.
    @Test
    void cve202647778NulInAnIdentity() {
        assertThat(SpiffeId.tryParse("spiffe://cluster.local/ns/shop/sa/cart\u0000evil"))
                .isNull();
        assertThat(SpiffeId.tryParse("spiffe://cluster.local\u0000/ns/shop/sa/cart"))
                .isNull();
    }

    /// A service account's name must not reach into the path of another identity.
    @Test
    void namesAreComparedWhole() {
        Ask ask = Ask.get("/").as("spiffe://cluster.local/ns/shop/sa/cart-admin");
        assertThat(ask.isAllowedUnder(Ask.policy("ALLOW", "from { service_accounts: 'shop/cart' }")))
                .isFalse();
        assertThat(ask.isAllowedUnder(Ask.policy("ALLOW", "from { service_accounts: 'shop/*' }")))
                .isFalse();
    }

    @Test
    void clientsCannotSayWhereTheyComeFrom() {
        String allow = Ask.policy("ALLOW", "from { remote_ip_blocks: '192.0.2.0/24' }");
        assertThat(Ask.get("/").header("x-forwarded-for", "192.0.2.1").isAllowedUnder(allow))
                .isFalse();
        assertThat(Ask.get("/")
                        .at("trusted_proxies: 1")
                        .header("x-forwarded-for", "192.0.2.1")
                        .header("x-forwarded-for", "203.0.113.5")
                        .isAllowedUnder(allow))
                .isFalse();
        assertThat(Ask.get("/")
                        .at("trusted_proxies: 2")
                        .header("x-forwarded-for", "203.0.113.5, 192.0.2.1:4711")
                        .header("x-forwarded-for", "10.1.1.1")
                        .isAllowedUnder(allow))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"post", "Post", "POST"})
    void methodDeniedWhateverItsCase(String method) {
        assertThat(Ask.with(method, "/").isAllowedUnder(Ask.policy("DENY", "to { methods: 'POST' }")))
                .isFalse();
    }

    @Test
    void methodAllowedInItsOwnCaseAlone() {
        assertThat(Ask.with("get", "/").isAllowedUnder(Ask.policy("ALLOW", "to { methods: 'GET' }")))
                .isFalse();
    }

    /// No value of a policy is ever a regular expression, so none can take long either.
    @Test
    void patternsOfRegularExpressionsAreTexts() {
        String allow = Ask.policy("ALLOW", "to { paths: ['/(a+)+$', '/.*', '/a|b'] }");
        assertThat(Ask.get("/" + "a".repeat(5000)).isAllowedUnder(allow)).isFalse();
        assertThat(Ask.get("/x").isAllowedUnder(allow)).isFalse();
    }
}
