/// What every process of the mesh needs: typed settings that gather their mistakes, logs, metrics, the
/// small HTTP server for admin, health and metrics, readiness, drain and signals.
///
/// Control threads own it. What the data path may touch from its loops says so: offering a [LogLine],
/// adding to a [Counter] or a [Gauge], joining a [Drain]. It uses no other module of ours; only Netty,
/// SLF4J with Logback, and the Prometheus model.
@NullMarked
package dev.culvert.process;

import org.jspecify.annotations.NullMarked;
