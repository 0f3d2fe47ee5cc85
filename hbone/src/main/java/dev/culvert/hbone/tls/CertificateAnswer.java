package dev.culvert.hbone.tls;

/// What a [CertificateSource] has to offer. Immutable.
public sealed interface CertificateAnswer {

    /// The certificate to use for connections made now.
    record Ready(WorkloadCertificate certificate) implements CertificateAnswer {}

    /// There is none, and the source has stopped waiting for one.
    ///
    /// @param reason what an operator should look at
    record Unavailable(String reason) implements CertificateAnswer {}
}
