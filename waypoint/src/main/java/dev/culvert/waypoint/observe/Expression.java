package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import org.jspecify.annotations.Nullable;

/// A compiled expression of the Telemetry API: the part of the Common Expression Language that filters and tags use.
/// Immutable.
///
/// There are texts, whole numbers, truth values; `==`, `!=`, `<`, `<=`, `>`, `>=`, `&&`, `||`, `!`, `? :`, parentheses;
/// `has(x)`, `x.startsWith(y)`, `x.endsWith(y)`, `x.contains(y)`; and the attributes of [Attributes]. What is not there
/// is null: it equals nothing, and comparisons with it are false.
@FunctionalInterface
interface Expression {

    /// A [String], [Long], [Boolean] or null.
    @Nullable
    Object value(ExchangeRecord exchange);

    /// Whether it holds; null and other than truth do not.
    default boolean holds(ExchangeRecord exchange) {
        return Boolean.TRUE.equals(value(exchange));
    }

    /// Reads an expression.
    ///
    /// @throws IllegalArgumentException with the place and what was expected
    static Expression compile(String source) {
        return new ExpressionParser(source).parse();
    }
}
