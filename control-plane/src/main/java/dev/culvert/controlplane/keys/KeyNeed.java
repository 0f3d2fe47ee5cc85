package dev.culvert.controlplane.keys;

import dev.culvert.kube.resource.RequestAuthentication.JwtRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A key set that somebody needs. Immutable.
///
/// @param address   of the key set, or of the document of its issuer that says where it is
/// @param discovery whether it is the latter
/// @param timeout   for one attempt
public record KeyNeed(String address, boolean discovery, Duration timeout) {
    /// When a rule says nothing.
    public static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    /// What `rule` needs; null when it brings its keys, or does not say whose they are.
    public static @Nullable KeyNeed of(JwtRule rule) {
        Duration timeout = rule.timeout() == null || !rule.timeout().isPositive() ? TIMEOUT : rule.timeout();
        Duration limited = timeout.compareTo(LONGEST) > 0 ? LONGEST : timeout;
        if (!rule.jwks().isEmpty()) {
            return null;
        }
        if (!rule.jwksUri().isEmpty()) {
            return new KeyNeed(rule.jwksUri(), false, limited);
        }
        String issuer = rule.issuer();
        return issuer.startsWith("https://") || issuer.startsWith("http://")
                ? new KeyNeed(
                        (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY,
                        true,
                        limited)
                : null;
    }

    /// What tells it from others.
    public String key() {
        return discovery ? "issuer " + address : address;
    }
}
