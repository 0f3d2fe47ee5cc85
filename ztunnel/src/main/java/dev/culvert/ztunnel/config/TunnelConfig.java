package dev.culvert.ztunnel.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// HBONE: flow control, pool, TLS.
///
/// @param streamWindowBytes `HTTP2_STREAM_WINDOW_SIZE`, default 4 MiB
/// @param connectionWindowBytes `HTTP2_CONNECTION_WINDOW_SIZE`, default 16 MiB
/// @param maxFrameBytes `HTTP2_FRAME_SIZE`, default 1 MiB: what we let peers send
/// @param maxStreamsPerConnection `POOL_MAX_STREAMS_PER_CONNECTION`, default 100
/// @param unusedRelease `POOL_UNUSED_RELEASE_TIMEOUT`, default 5 minutes: how long an unused connection is kept
/// @param responseBaggage `ENABLE_RESPONSE_BAGGAGE`, default true
/// @param revocationList `CRL_PATH`: a file of certificates that peers may not show, followed as it changes; null for
///     none
/// @param tls12 `TLS12_ENABLED`, default false
/// @param postQuantumOnly `COMPLIANCE_POLICY` is `pqc`: X25519MLKEM768 or no connection
public record TunnelConfig(
        int streamWindowBytes,
        int connectionWindowBytes,
        int maxFrameBytes,
        int maxStreamsPerConnection,
        Duration unusedRelease,
        boolean responseBaggage,
        @Nullable Path revocationList,
        boolean tls12,
        boolean postQuantumOnly) {}
