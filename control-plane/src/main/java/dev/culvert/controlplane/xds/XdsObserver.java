package dev.culvert.controlplane.xds;

/// Told what the discovery server does, for the metrics. Implementations are thread-safe.
public interface XdsObserver {
    /// A client's stream was accepted.
    void opened();

    /// A stream that was accepted has ended.
    void closed();

    /// A response of about `bytes` bytes was sent.
    void pushed(String typeUrl, long bytes);

    /// A client refused resources of a response.
    void rejected(String typeUrl);

    /// A stream was ended by us, for the reason `code` names.
    void refused(String code);
}
