package dev.culvert.mesh.identity;

import dev.culvert.hbone.tls.WorkloadCertificate;

/// What there is of an identity's certificate now. Immutable.
public sealed interface CertificateState {
    /// The first request for it is not answered yet; who asks waits.
    record Initializing() implements CertificateState {}

    /// It may be used; its renewal may be failing all the same.
    record Available(WorkloadCertificate certificate) implements CertificateState {}

    /// The authority gave none, and who asks is told so at once, until a later try succeeds.
    record Unavailable(String reason) implements CertificateState {}
}
