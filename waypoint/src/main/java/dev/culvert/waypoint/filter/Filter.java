package dev.culvert.waypoint.filter;

import dev.culvert.waypoint.exchange.LocalReply;

/// One filter of a route or of a backend. Immutable.
sealed interface Filter
        permits Filter.RequestHeaders,
                Filter.ResponseHeaders,
                Filter.Mirror,
                Filter.Respond,
                Filter.Unsupported,
                RedirectFilter,
                RewriteFilter,
                CorsFilter {

    /// Changes the fields of the request.
    record RequestHeaders(HeaderEdits edits) implements Filter {}

    /// Changes the fields of the response.
    record ResponseHeaders(HeaderEdits edits) implements Filter {}

    /// Sends copies elsewhere.
    ///
    /// @param perMillion how many requests of a million
    /// @param invalid not empty: there is nowhere to send them, and why; the request itself goes
    ///     on
    record Mirror(BackendTarget target, int perMillion, String invalid) implements Filter {}

    /// Answers by itself.
    record Respond(LocalReply reply) implements Filter {}

    /// Cannot be carried out: the request is answered 500.
    ///
    /// @param why for the operator
    record Unsupported(String why) implements Filter {}
}
