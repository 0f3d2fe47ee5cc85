package dev.culvert.waypoint.observe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names of the statuses of gRPC, in the order of their numbers. Without state.
final class GrpcStatusNames {
    private static final List<String> NAMES = List.of(
            "OK",
            "Canceled",
            "Unknown",
            "InvalidArgument",
            "DeadlineExceeded",
            "NotFound",
            "AlreadyExists",
            "PermissionDenied",
            "ResourceExhausted",
            "FailedPrecondition",
            "Aborted",
            "OutOfRange",
            "Unimplemented",
            "Internal",
            "Unavailable",
            "DataLoss",
            "Unauthenticated");

    private GrpcStatusNames() {}

    /// Null for no status; the number itself for one without a name.
    static @Nullable String name(int status) {
        if (status < 0) {
            return null;
        }
        return status < NAMES.size() ? NAMES.get(status) : Integer.toString(status);
    }
}
