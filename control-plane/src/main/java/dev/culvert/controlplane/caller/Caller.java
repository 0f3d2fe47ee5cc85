package dev.culvert.controlplane.caller;

import io.grpc.Context;

/// An authenticated caller, and the credential that says so. Immutable.
///
/// @param identity who it is
/// @param credential public name of the token, for logs and for noticing that it has been withdrawn
public record Caller(CallerIdentity identity, String credential) {
    private static final Context.Key<Caller> KEY = Context.key("culvert-caller");

    /// The caller of the RPC that runs on this thread.
    ///
    /// @throws IllegalStateException when the RPC did not come through a [CallerInterceptor]
    public static Caller current() {
        Caller caller = KEY.get();
        if (caller == null) {
            throw new IllegalStateException("a service of the control plane was started without authentication");
        }
        return caller;
    }

    Context inContext() {
        return Context.current().withValue(KEY, this);
    }
}
