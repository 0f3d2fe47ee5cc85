package dev.culvert.mesh.identity;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.WorkloadCertificate;
import java.util.concurrent.CompletionStage;

/// Who makes a certificate for an identity; in production a [CaClient].
@FunctionalInterface
public interface CertificateSigner {
    /// Asks for a new certificate. The stage may complete on any thread, and fails with a
    /// [CertificateRefused] whose message is for the operator.
    ///
    /// @param generation the number that the certificate is to bear
    CompletionStage<WorkloadCertificate> sign(SpiffeId identity, long generation);
}
