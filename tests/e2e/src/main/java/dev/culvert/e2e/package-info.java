/// The demonstration, on the same lab that the end-to-end tests use.
///
/// Runs on the main thread of its own process. Uses the testkit only; the mesh itself runs as processes of the
/// built distribution.
@NullMarked
package dev.culvert.e2e;

import org.jspecify.annotations.NullMarked;
