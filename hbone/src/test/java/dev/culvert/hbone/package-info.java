/// Tests of the tunnel as its users see it, over loopback and real TLS.
///
/// The rig, the recorder and the scripted acceptors are shared by the tests of the sub-packages. Each test owns
/// its loops and closes them; whatever a test learns on a loop it reads through volatile fields.
@NullMarked
package dev.culvert.hbone;

import org.jspecify.annotations.NullMarked;
