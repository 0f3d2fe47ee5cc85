package dev.culvert.controlplane.ca;

import java.time.Duration;

/// How long workload certificates live. Immutable.
///
/// @param normal when the request does not say; Istio's `DEFAULT_WORKLOAD_CERT_TTL`, 24 h
/// @param longest a request for more is refused; Istio's `MAX_WORKLOAD_CERT_TTL`, 90 days
public record CertificateLife(Duration normal, Duration longest) {
    /// Istio's defaults.
    public static final CertificateLife DEFAULT = new CertificateLife(Duration.ofHours(24), Duration.ofDays(90));

    public CertificateLife {
        if (normal.isNegative() || normal.isZero() || normal.compareTo(longest) > 0) {
            throw new IllegalArgumentException("workload certificates live " + normal + ", at most " + longest
                    + "; expected 0 < normal <= longest");
        }
    }

    /// The life that `seconds` asks for; none when that is 0 or less.
    Duration asked(long seconds) throws SigningRequest.BadRequestException {
        if (seconds <= 0) {
            return normal;
        }
        if (seconds > longest.toSeconds()) {
            throw new SigningRequest.BadRequestException(
                    "a life of " + seconds + " s was asked for; at most " + longest.toSeconds() + " s");
        }
        return Duration.ofSeconds(seconds);
    }
}
