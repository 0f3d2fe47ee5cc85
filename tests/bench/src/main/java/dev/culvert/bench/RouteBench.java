package dev.culvert.bench;

import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.NamedMatch;
import dev.culvert.api.waypoint.PathMatch;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TextMatch;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.route.RouteDecision;
import dev.culvert.waypoint.route.RouteTable;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Measures what it costs to find the rule of a request among 10, 100 and 1,000 rules.
///
/// A quarter each of the rules matches by an exact path, by a prefix, by a prefix and a header, and by a regular
/// expression; a request is made for each rule, and one of ten matches none. Prints nanoseconds per decision, the
/// median of several rounds.
public final class RouteBench {
    private static final int ROUNDS = 15;
    private static final int DECISIONS = 200_000;

    private RouteBench() {}

    /// Prints a Markdown table.
    public static void main(String[] arguments) {
        System.out.println("| rules | ns per decision | matched |");
        System.out.println("|---|---|---|");
        for (int rules : new int[] {10, 100, 1_000}) {
            RouteTable table = RouteTable.compile(List.of(routes(rules)));
            List<RequestHead> requests = requests(rules);
            long[] times = new long[ROUNDS];
            int matched = 0;
            for (int round = 0; round < ROUNDS; round++) {
                long start = System.nanoTime();
                matched = decide(table, requests);
                times[round] = System.nanoTime() - start;
            }
            Arrays.sort(times);
            System.out.printf(
                    "| %d | %d | %d %% |%n", rules, times[ROUNDS / 2] / DECISIONS, matched * 100L / DECISIONS);
        }
    }

    private static int decide(RouteTable table, List<RequestHead> requests) {
        int matched = 0;
        for (int i = 0; i < DECISIONS; i++) {
            RequestHead request = requests.get(i % requests.size());
            matched += table.decide(request, "default") instanceof RouteDecision.Matched ? 1 : 0;
        }
        return matched;
    }

    private static RouteSet routes(int rules) {
        RouteSet.Builder set = RouteSet.newBuilder();
        for (int i = 0; i < rules; i++) {
            HttpMatch.Builder match = HttpMatch.newBuilder();
            String path = "/api/v1/resource-" + i;
            switch (i % 4) {
                case 0 -> match.setPath(PathMatch.newBuilder().setExact(path + "/items/7"));
                case 1 -> match.setPath(PathMatch.newBuilder().setSegmentPrefix(path));
                case 2 ->
                    match.setPath(PathMatch.newBuilder().setSegmentPrefix(path))
                            .addHeaders(NamedMatch.newBuilder()
                                    .setName("x-version")
                                    .setValue(TextMatch.newBuilder().setExact("two")));
                default -> match.setPath(PathMatch.newBuilder().setRegex(path + "/items/[0-9]+"));
            }
            set.addHttp(HttpRule.newBuilder().setName("rule " + i).addMatches(match));
        }
        return set.build();
    }

    private static List<RequestHead> requests(int rules) {
        List<RequestHead> requests = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            int rule = i % 10 == 9 ? -1 : i % rules;
            RequestHead head = new RequestHead(
                    "GET", "http", "echo", "/api/v1/resource-" + rule + "/items/7?q=1", new DefaultHttpHeaders());
            head.headers()
                    .add("user-agent", "bench")
                    .add("accept", "*/*")
                    .add("x-version", "two")
                    .add("x-request-id", "3f1c");
            requests.add(head);
        }
        Collections.shuffle(requests, new Random(1));
        return requests;
    }
}
