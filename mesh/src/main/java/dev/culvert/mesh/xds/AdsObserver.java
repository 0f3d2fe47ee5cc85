package dev.culvert.mesh.xds;

/// What happens on the discovery stream, for whoever counts it.
///
/// Called on the state thread; must not block.
public interface AdsObserver {
    /// Nobody counts.
    AdsObserver NONE = new AdsObserver() {
        @Override
        public void streamOpened() {}

        @Override
        public void streamTerminated(StreamEnd end) {}

        @Override
        public void messageReceived(String typeUrl, int bytes) {}
    };

    /// The server took the stream.
    void streamOpened();

    /// The stream ended, or could not be opened.
    void streamTerminated(StreamEnd end);

    /// A response of this type came, of this size.
    void messageReceived(String typeUrl, int bytes);
}
