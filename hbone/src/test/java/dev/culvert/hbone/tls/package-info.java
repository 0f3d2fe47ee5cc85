/// Tests of the tls package by itself.
///
/// Tables where the thing is pure, an embedded channel or plain buffers where it is not.
/// Everything runs on the test's thread unless a test says otherwise.
@NullMarked
package dev.culvert.hbone.tls;

import org.jspecify.annotations.NullMarked;
