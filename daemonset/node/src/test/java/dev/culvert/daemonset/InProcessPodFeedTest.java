package dev.culvert.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.agent.zds.MeshPod;
import dev.culvert.linux.Netns;
import dev.culvert.ztunnel.pod.PodAnswer;
import dev.culvert.ztunnel.pod.PodEvent;
import dev.culvert.ztunnel.pod.PodInbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InProcessPodFeedTest {
    private final InProcessPodFeed feed = new InProcessPodFeed();
    private final Inbox inbox = new Inbox();
    private Netns netns;
    private MeshPod pod;

    /// A proxy that answers as it is told and remembers what it heard.
    private static final class Inbox implements PodInbox {
        final List<PodEvent> heard = new ArrayList<>();
        PodAnswer answer = new PodAnswer.Done();

        @Override
        public void post(PodEvent event, Consumer<PodAnswer> answered) {
            heard.add(event);
            answered.accept(answer);
        }

        @Override
        public void sourceLost() {
            throw new AssertionError("the feed is never lost");
        }
    }

    @BeforeEach
    void open() throws Exception {
        netns = Netns.ofThisThread();
        pod = new MeshPod("u1", "shop", "web", "sa", netns);
    }

    @AfterEach
    void close() {
        inbox.heard.forEach(event -> {
            if (event instanceof PodEvent.Add add) {
                add.netns().close();
            }
        });
        netns.close();
    }

    @Test
    void tellsTheSnapshotOnceBothSidesHaveStarted() {
        feed.start(() -> List.of(pod));
        assertThat(feed.proxies()).isZero();
        feed.start(inbox);
        assertThat(feed.proxies()).isEqualTo(1);
        assertThat(inbox.heard).hasSize(2).last().isEqualTo(new PodEvent.SnapshotSent());
        PodEvent.Add add = (PodEvent.Add) inbox.heard.getFirst();
        assertThat(add.uid()).isEqualTo("u1");
        assertThat(add.name()).hasToString("shop/web/sa");
        assertThat(add.netns().identity()).isEqualTo(netns.identity());
        assertThat(add.netns()).isNotSameAs(netns);
    }

    @Test
    void refusesPodsUntilTheProxyTakesThem() {
        feed.start(List::of);
        assertThat(feed.add(pod))
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("waits for the control plane");
        feed.start(inbox);
        assertThat(feed.add(pod)).succeedsWithin(Duration.ofSeconds(1));
        assertThat(feed.delete("u1")).succeedsWithin(Duration.ofSeconds(1));
        assertThat(inbox.heard.getLast()).isEqualTo(new PodEvent.Del("u1"));
    }

    @Test
    void handsOutARefusal() {
        feed.start(List::of);
        feed.start(inbox);
        inbox.answer = new PodAnswer.Failed("port 15008 is taken");
        CompletableFuture<Void> added = feed.add(pod);
        assertThat(added)
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("port 15008 is taken");
    }

    @Test
    void saysNothingMoreOnceClosed() {
        feed.start(List::of);
        feed.start(inbox);
        feed.close();
        assertThat(feed.add(pod)).failsWithin(Duration.ofSeconds(1));
        assertThat(feed.delete("u1")).succeedsWithin(Duration.ofSeconds(1));
        assertThat(inbox.heard).hasSize(1);
    }
}
