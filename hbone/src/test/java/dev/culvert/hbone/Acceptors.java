package dev.culvert.hbone;

import dev.culvert.hbone.header.Baggage;
import java.net.SocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// Owners of a server end, as tests need them.
public final class Acceptors {
    private Acceptors() {}

    /// Remembers what it was told, and answers by `answer`.
    public static final class Scripted implements TunnelAcceptor {
        public final Queue<TunnelOffer> offers = new ConcurrentLinkedQueue<>();
        public final Queue<TunnelFailure> failures = new ConcurrentLinkedQueue<>();
        public final Queue<Recorder> recorders = new ConcurrentLinkedQueue<>();
        private final Consumer<TunnelOffer> answer;

        public Scripted(Consumer<TunnelOffer> answer) {
            this.answer = answer;
        }

        @Override
        public void offered(TunnelOffer offer) {
            offers.add(offer);
            answer.accept(offer);
        }

        @Override
        public void handshakeFailed(SocketAddress remote, SocketAddress local, TunnelFailure failure) {
            failures.add(failure);
        }

        public void accept(TunnelOffer offer, Recorder recorder) {
            recorders.add(recorder);
            recorder.attach(offer.accept(Baggage.EMPTY));
        }
    }

    /// Sends back what comes.
    public static Scripted echoing() {
        Scripted[] self = new Scripted[1];
        self[0] = new Scripted(offer -> self[0].accept(offer, new Recorder().echoing()));
        return self[0];
    }

    /// Takes what comes and says nothing.
    public static Scripted recording() {
        Scripted[] self = new Scripted[1];
        self[0] = new Scripted(offer -> self[0].accept(offer, new Recorder()));
        return self[0];
    }

    public static Scripted refusing(int status) {
        return new Scripted(offer -> offer.refuse(status));
    }

    /// Leaves every offer open.
    public static Scripted hesitating() {
        return new Scripted(_ -> {});
    }
}
