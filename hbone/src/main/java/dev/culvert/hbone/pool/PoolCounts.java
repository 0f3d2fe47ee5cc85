package dev.culvert.hbone.pool;

/// How full a pool is at this moment. Immutable.
///
/// @param connections ready to carry streams, or still carrying some
/// @param dialing not ready yet
/// @param waiting requests that wait for a dial
/// @param streams open, or asked for
public record PoolCounts(int connections, int dialing, int waiting, int streams) {}
