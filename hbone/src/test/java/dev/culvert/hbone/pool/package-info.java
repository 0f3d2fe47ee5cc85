/// Tests of the client's pool, against our own server end and against scripted servers on raw frames.
///
/// Each test owns its loops and closes them.
/// What the pool says is asked on its loop.
@NullMarked
package dev.culvert.hbone.pool;

import org.jspecify.annotations.NullMarked;
