package dev.culvert.ztunnel.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How many sockets are made ahead, when, and what becomes of them. Time is turned by hand.
class SocketStashTest {
    private record Order(int count, CompletableFuture<List<Channel>> sockets) {}

    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final List<Order> orders = new ArrayList<>();
    private final List<EmbeddedChannel> made = new ArrayList<>();
    private final SocketStash stash = new SocketStash(clock.eventLoop(), this::order);

    @BeforeEach
    void freeze() {
        clock.freezeTime();
    }

    @Test
    void holdsNothingBeforeItsFirstUse() {
        assertThat(stash.size()).isZero();
        assertThat(orders).isEmpty();
    }

    @Test
    void asksForABatchOnFirstUseAndServesFromItAfter() {
        Future<Channel> first = stash.take();
        assertThat(first.isDone()).isFalse();
        assertThat(orders).extracting(Order::count).containsExactly(SocketStash.FULL + 1);
        deliver();
        assertThat(first.isSuccess()).isTrue();
        assertThat(stash.size()).isEqualTo(SocketStash.FULL);
        assertThat(stash.take().isSuccess()).isTrue();
        assertThat(orders).hasSize(1);
    }

    @Test
    void asksForTheNextBatchAtHalfAndOnlyOnce() {
        fill();
        int untilHalf = SocketStash.FULL - SocketStash.LOW;
        for (int i = 1; i < untilHalf; i++) {
            stash.take();
        }
        assertThat(orders).hasSize(1);
        stash.take();
        stash.take();
        assertThat(orders)
                .extracting(Order::count)
                .containsExactly(SocketStash.FULL + 1, SocketStash.FULL - SocketStash.LOW);
    }

    /// However many wait, no more is ever made than those who wait need and a full stash.
    @Test
    void neverHoldsMoreThanItsFill() {
        List<Future<Channel>> burst = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            burst.add(stash.take());
        }
        while (orders.stream().anyMatch(order -> !order.sockets().isDone())) {
            deliver();
        }
        assertThat(burst).allMatch(Future::isSuccess);
        assertThat(stash.size()).isEqualTo(SocketStash.FULL);
        assertThat(made).hasSize(100 + SocketStash.FULL);
        assertThat(burst.stream().map(Future::getNow)).doesNotHaveDuplicates();
    }

    @Test
    void servesInTheOrderInWhichItWasAsked() {
        Future<Channel> first = stash.take();
        Future<Channel> second = stash.take();
        deliver();
        assertThat(first.getNow()).isSameAs(made.get(0));
        assertThat(second.getNow()).isSameAs(made.get(1));
    }

    @Test
    void aSocketThatNobodyWaitsForAnyMoreStaysInTheStash() {
        Future<Channel> givenUp = stash.take();
        assertThat(givenUp.cancel(false)).isTrue();
        deliver();
        assertThat(stash.size()).isEqualTo(SocketStash.FULL + 1);
        assertThat(made).allMatch(Channel::isOpen);
    }

    @Test
    void aFailureIsToldToAllWhoWaitAndTheNextOneTriesAgain() {
        Future<Channel> first = stash.take();
        Future<Channel> second = stash.take();
        RuntimeException why = new IllegalStateException("no such namespace");
        orders.getFirst().sockets().completeExceptionally(why);
        clock.runPendingTasks();
        assertThat(first.cause()).isSameAs(why);
        assertThat(second.cause()).isSameAs(why);
        Future<Channel> third = stash.take();
        deliver();
        assertThat(third.isSuccess()).isTrue();
    }

    @Test
    void givesItsSocketsBackAfterAWhileWithoutUse() {
        fill();
        pass(SocketStash.IDLE_SECONDS);
        assertThat(stash.size()).as("used since the last check").isEqualTo(SocketStash.FULL);
        pass(SocketStash.IDLE_SECONDS);
        assertThat(stash.size()).isZero();
        assertThat(made.stream().filter(Channel::isOpen))
                .as("all but the one that was taken")
                .hasSize(1);
        Future<Channel> later = stash.take();
        deliver();
        assertThat(later.isSuccess()).isTrue();
    }

    @Test
    void closingClosesWhatIsAtHandAndFailsThoseWhoWaitAndCome() {
        fill();
        for (int i = 0; i < SocketStash.FULL; i++) {
            stash.take();
        }
        Future<Channel> waiting = stash.take();
        stash.close();
        assertThat(waiting.cause()).hasMessageContaining("the sockets of this pod are closed");
        assertThat(stash.take().cause()).hasMessageContaining("the sockets of this pod are closed");
        int before = made.size();
        deliver();
        assertThat(made.subList(before, made.size())).isNotEmpty().noneMatch(Channel::isOpen);
        assertThat(stash.size()).isZero();
    }

    private CompletableFuture<List<Channel>> order(int count) {
        Order order = new Order(count, new CompletableFuture<>());
        orders.add(order);
        return order.sockets();
    }

    /// Takes one socket, and has the batch that follows from it made.
    private void fill() {
        stash.take();
        deliver();
    }

    /// Makes what was ordered last.
    private void deliver() {
        Order order = orders.getLast();
        List<Channel> batch = new ArrayList<>();
        for (int i = 0; i < order.count(); i++) {
            EmbeddedChannel socket = new EmbeddedChannel();
            made.add(socket);
            batch.add(socket);
        }
        order.sockets().complete(batch);
        clock.runPendingTasks();
    }

    private void pass(int seconds) {
        clock.advanceTimeBy(seconds, TimeUnit.SECONDS);
        clock.runScheduledPendingTasks();
    }
}
