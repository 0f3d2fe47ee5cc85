package dev.culvert.plugin;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the runtime is told when a command fails: a code of the CNI specification, and what to
/// check. Immutable.
public final class CniError extends Exception {
    static final int INCOMPATIBLE_VERSION = 1;
    static final int INVALID_ENVIRONMENT = 4;
    static final int IO_FAILURE = 5;
    static final int UNDECODABLE = 6;
    static final int INVALID_CONFIG = 7;
    static final int TRY_AGAIN_LATER = 11;
    static final int UNAVAILABLE = 50;
    /// Ours: CHECK found that the pod is not enrolled as it was.
    static final int NOT_AS_ENROLLED = 100;
    /// Ours: the agent refused to enrol the pod.
    static final int REFUSED = 101;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String details;

    CniError(int code, String message, String details) {
        super(message, null, false, false);
        this.code = code;
        this.details = details;
    }

    int code() {
        return code;
    }

    /// The error as the specification spells it.
    String json(String cniVersion) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("cniVersion", cniVersion);
        error.put("code", code);
        error.put("msg", String.valueOf(getMessage()));
        if (!details.isEmpty()) {
            error.put("details", details);
        }
        return Json.write(error);
    }
}
