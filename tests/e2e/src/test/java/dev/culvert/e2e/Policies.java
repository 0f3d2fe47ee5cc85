package dev.culvert.e2e;

/// Manifests of policies, as users write them.
final class Policies {
    private Policies() {}

    /// An AuthorizationPolicy for the pods with label `app`.
    static String authorization(String namespace, String name, String app, String action, String rules) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata:
                  name: %s
                  namespace: %s
                spec:
                  selector:
                    matchLabels: {app: %s}
                  action: %s
                  rules: %s
                """.formatted(name, namespace, app, action, rules);
    }

    /// An AuthorizationPolicy that the waypoint of a service enforces.
    static String atService(String namespace, String service, String action, String rules) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata:
                  name: at-%s
                  namespace: %s
                spec:
                  targetRefs:
                  - {group: "", kind: Service, name: %s}
                  action: %s
                  rules: %s
                """.formatted(service, namespace, service, action, rules);
    }

    /// A PeerAuthentication for a whole namespace.
    static String peers(String namespace, String mode) {
        return """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata:
                  name: default
                  namespace: %s
                spec:
                  mtls: {mode: %s}
                """.formatted(namespace, mode);
    }
}
