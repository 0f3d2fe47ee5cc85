package dev.culvert.hbone;

import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import org.jspecify.annotations.Nullable;

/// What a client asks for with one CONNECT: where to, on whose behalf, as part of which trace. Immutable.
///
/// Everything but the authority is telemetry that the client wrote; no policy may be built on it.
///
/// @param forwardedNetwork network of the client, sent only inside a tunnel that crosses a gateway
/// @param source kind of proxy that has applied L7 policy already, such as `waypoint`; null when none says so
public record ConnectRequest(
        Authority authority,
        Baggage baggage,
        Forwarded forwarded,
        TraceParent traceParent,
        @Nullable String forwardedNetwork,
        @Nullable String source) {}
