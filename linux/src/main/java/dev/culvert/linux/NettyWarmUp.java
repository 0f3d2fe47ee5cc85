package dev.culvert.linux;

import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Loads what Netty needs to make channels, in the namespace of the caller. Call it once, before
/// the first pod.
///
/// Netty looks at the host's interfaces for channel ids when its first channel is made; were that
/// first channel made in a pod's namespace, the answer would be wrong and a failure would be logged
/// from inside. Making and closing one channel of each kind at home settles it.
public final class NettyWarmUp {
    private NettyWarmUp() {}

    /// Makes one channel of each kind and closes it.
    public static void run(List<Supplier<? extends Channel>> kinds) {
        for (Supplier<? extends Channel> kind : kinds) {
            Channel channel = kind.get();
            channel.unsafe().closeForcibly();
        }
    }

    /// A channel made inside `netns`: its socket belongs there for ever, whichever loop it is
    /// registered on.
    ///
    /// A channel has no loop before it is registered, so one that nobody takes must be closed by
    /// `channel.unsafe().closeForcibly()`.
    public static <C extends Channel> CompletableFuture<C> channelIn(
            NetnsThread thread, Netns netns, Supplier<C> kind) {
        return thread.submit(netns, kind::get);
    }
}
