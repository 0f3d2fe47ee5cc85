package dev.culvert.mesh.identity;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.testkit.FakeCa;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// A signer whose requests wait until the test answers them. Confined to the test's thread.
final class ScriptedSigner implements CertificateSigner, AutoCloseable {
    /// One request that waits.
    record Pending(SpiffeId identity, long generation, CompletableFuture<WorkloadCertificate> answer) {}

    final List<Pending> pending = new ArrayList<>();
    private final KeyPair key = FakeCa.newKey();
    private final InstantSource clock;
    private final FakeCa authority;

    ScriptedSigner(InstantSource clock) throws IOException {
        this.clock = clock;
        this.authority = new FakeCa();
    }

    @Override
    public CompletionStage<WorkloadCertificate> sign(SpiffeId identity, long generation) {
        Pending request = new Pending(identity, generation, new CompletableFuture<>());
        pending.add(request);
        return request.answer();
    }

    /// Answers the oldest request with a certificate that is valid from now for `life`.
    WorkloadCertificate grant(Duration life) {
        Pending request = pending.removeFirst();
        WorkloadCertificate certificate = new WorkloadCertificate(
                key.getPrivate(),
                List.of(authority.sign(
                        key.getPublic(),
                        request.identity().toString(),
                        clock.instant(),
                        clock.instant().plus(life))),
                List.of(authority.root()),
                request.generation());
        request.answer().complete(certificate);
        return certificate;
    }

    /// Fails the oldest request.
    void refuse(String why) {
        pending.removeFirst().answer().completeExceptionally(new CertificateRefused(why));
    }

    List<SpiffeId> identities() {
        return pending.stream().map(Pending::identity).toList();
    }

    @Override
    public void close() {
        authority.close();
    }
}
