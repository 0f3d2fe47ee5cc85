/// Applications that run as processes of their own inside pods.
///
/// Each has a `main`; they use the JDK alone and know nothing of the mesh.
@NullMarked
package dev.culvert.testkit.app;

import org.jspecify.annotations.NullMarked;
