package dev.culvert.mesh.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the view of the mesh comes from.
///
/// @param server the discovery server
/// @param token sent to it, and to the certificate server
/// @param onDemand `XDS_ON_DEMAND`, default false: ask for addresses one by one when they are first needed
/// @param metadata of the xDS node: each `ISTIO_META_X` and each `proxyMetadata` entry as text by its name `X`
/// @param jsonMetadata each `ISTIO_METAJSON_X`, as JSON text by its name `X`
/// @param local `LOCAL_XDS_PATH` or `LOCAL_XDS`: a static view, loaded before anything else; null for none
public record XdsConfig(
        ServerConfig server,
        CallToken token,
        boolean onDemand,
        Map<String, String> metadata,
        Map<String, String> jsonMetadata,
        @Nullable LocalState local) {
    public XdsConfig {
        metadata = Map.copyOf(metadata);
        jsonMetadata = Map.copyOf(jsonMetadata);
    }
}
