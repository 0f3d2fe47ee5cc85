package dev.culvert.waypoint.filter;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The filters of a rule or of one of its backends. Immutable.
///
/// They act in an order of their own, as Gateway API leaves it open: a filter that cannot be
/// carried out answers 500 before anything else; then CORS, so that preflights are not
/// redirected; then what answers by itself; then changes of the request in the order of their
/// listing; and mirrors, which see the request as it was changed.
public final class FilterChain {
    /// No filters.
    public static final FilterChain EMPTY = new FilterChain(List.of());

    private static final int MILLION = 1_000_000;

    private final List<Filter> filters;

    private FilterChain(List<Filter> filters) {
        this.filters = filters;
    }

    /// Compiles what the control plane sent.
    public static FilterChain compile(List<dev.culvert.api.waypoint.Filter> messages) {
        if (messages.isEmpty()) {
            return EMPTY;
        }
        List<Filter> filters = new ArrayList<>();
        messages.forEach(message -> filters.add(FilterDecoder.decode(message)));
        filters.sort((a, b) -> Integer.compare(rank(a), rank(b)));
        return new FilterChain(List.copyOf(filters));
    }

    /// A chain that answers 500 to every request.
    ///
    /// @param why for the operator
    public static FilterChain failing(String why) {
        return new FilterChain(List.of(new Filter.Unsupported(why)));
    }

    /// Changes the request, or answers it.
    public FilterOutcome onRequest(RequestHead head, FilterContext context) {
        if (filters.isEmpty()) {
            return FilterOutcome.Continue.UNCHANGED;
        }
        ResponseEdits response = response(head);
        List<BackendTarget> mirrors = new ArrayList<>(0);
        for (Filter filter : filters) {
            LocalReply reply = apply(filter, head, context, mirrors);
            if (reply != null) {
                return new FilterOutcome.Reply(response.apply(reply));
            }
        }
        return new FilterOutcome.Continue(List.copyOf(mirrors), response);
    }

    /// Whether every request is answered here, so that a rule needs no backends.
    public boolean answersAll() {
        return filters.stream()
                .anyMatch(filter -> filter instanceof Filter.Respond
                        || filter instanceof RedirectFilter
                        || filter instanceof Filter.Unsupported);
    }

    /// What is wrong with the filters, for the operator; empty when nothing is.
    public List<String> problems() {
        List<String> problems = new ArrayList<>(0);
        for (Filter filter : filters) {
            if (filter instanceof Filter.Unsupported(String why)) {
                problems.add(why);
            } else if (filter instanceof Filter.Mirror mirror
                    && !mirror.invalid().isEmpty()) {
                problems.add("mirror: " + mirror.invalid());
            }
        }
        return problems;
    }

    private static @Nullable LocalReply apply(
            Filter filter, RequestHead head, FilterContext context, List<BackendTarget> mirrors) {
        return switch (filter) {
            case Filter.Unsupported _ -> LocalReply.text(500, "route is not usable", "-", "invalid_route_filter");
            case CorsFilter cors -> cors.preflight(head);
            case RedirectFilter redirect -> redirect.reply(head, context);
            case Filter.Respond respond -> respond.reply();
            case Filter.RequestHeaders headers -> {
                headers.edits().apply(head);
                yield null;
            }
            case RewriteFilter rewrite -> {
                rewrite.apply(head, context);
                yield null;
            }
            case Filter.Mirror mirror -> {
                if (mirror.invalid().isEmpty() && context.random().nextInt(MILLION) < mirror.perMillion()) {
                    mirrors.add(mirror.target());
                }
                yield null;
            }
            case Filter.ResponseHeaders _ -> null;
        };
    }

    private ResponseEdits response(RequestHead head) {
        List<ResponseEdits.Edit> edits = new ArrayList<>(0);
        for (Filter filter : filters) {
            if (filter instanceof Filter.ResponseHeaders headers) {
                edits.add(headers.edits());
            } else if (filter instanceof CorsFilter cors) {
                edits.add(cors.edit(head));
            }
        }
        return ResponseEdits.of(edits);
    }

    private static int rank(Filter filter) {
        return switch (filter) {
            case Filter.Unsupported _ -> 0;
            case CorsFilter _ -> 1;
            case Filter.Respond _, RedirectFilter _ -> 2;
            case Filter.RequestHeaders _, Filter.ResponseHeaders _, RewriteFilter _ -> 3;
            case Filter.Mirror _ -> 4;
        };
    }
}
