package dev.culvert.agent.event;

import java.io.IOException;

/// What a plugin's request asks for cannot be right, and is not done. Immutable.
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String reason) {
        super(reason);
    }
}
