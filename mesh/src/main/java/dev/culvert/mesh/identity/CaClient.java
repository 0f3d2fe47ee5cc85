package dev.culvert.mesh.identity;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.ca.IstioCertificateRequest;
import dev.culvert.api.ca.IstioCertificateResponse;
import dev.culvert.api.ca.IstioCertificateServiceGrpc;
import dev.culvert.hbone.tls.WorkloadCertificate;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Asks the mesh's certificate authority to sign, over the control plane's gRPC channel. Thread-safe: it
/// keeps nothing between requests.
///
/// Every request has a key of its own, which never leaves the process. What comes back must bear the
/// identity and the key that were asked for: a certificate for somebody else is refused, whoever signed
/// it.
public final class CaClient implements CertificateSigner {
    private static final String IMPERSONATED = "ImpersonatedIdentity";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<Channel> channel;
    private final Duration ttl;
    private final boolean impersonate;

    /// @param channel gives the channel to use for the next request; it carries the credentials
    /// @param ttl how long certificates shall be valid; the authority may give less
    /// @param impersonate whether we ask on behalf of the pods of our node (a node's proxy), or for ourselves
    public CaClient(Supplier<Channel> channel, Duration ttl, boolean impersonate) {
        this.channel = channel;
        this.ttl = ttl;
        this.impersonate = impersonate;
    }

    @Override
    public CompletionStage<WorkloadCertificate> sign(SpiffeId identity, long generation) {
        CompletableFuture<WorkloadCertificate> result = new CompletableFuture<>();
        try {
            KeyPair key = CertificateRequest.newKey();
            IstioCertificateServiceGrpc.newStub(channel.get())
                    .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .createCertificate(request(identity, key), new Answer(identity, key, generation, result));
        } catch (RuntimeException e) {
            result.completeExceptionally(
                    new CertificateRefused("cannot ask for a certificate of " + identity + ": " + e.getMessage()));
        }
        return result;
    }

    private IstioCertificateRequest request(SpiffeId identity, KeyPair key) {
        IstioCertificateRequest.Builder request = IstioCertificateRequest.newBuilder()
                .setCsr(CertificateRequest.pem(identity, key))
                .setValidityDuration(ttl.toSeconds());
        if (impersonate) {
            Value value = Value.newBuilder().setStringValue(identity.toString()).build();
            request.setMetadata(Struct.newBuilder().putFields(IMPERSONATED, value));
        }
        return request.build();
    }

    private record Answer(
            SpiffeId identity, KeyPair key, long generation, CompletableFuture<WorkloadCertificate> result)
            implements StreamObserver<IstioCertificateResponse> {
        @Override
        public void onNext(IstioCertificateResponse response) {
            try {
                result.complete(accept(response.getCertChainList()));
            } catch (CertificateException | IllegalArgumentException e) {
                result.completeExceptionally(new CertificateRefused(
                        "the authority's answer for " + identity + " cannot be used: " + e.getMessage()));
            }
        }

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            String description = status.getDescription() == null ? "" : ": " + status.getDescription();
            result.completeExceptionally(new CertificateRefused("the authority gave no certificate for " + identity
                    + ": " + status.getCode() + description + hint(status.getCode())));
        }

        @Override
        public void onCompleted() {
            result.completeExceptionally(
                    new CertificateRefused("the authority ended the call for " + identity + " without an answer"));
        }

        private WorkloadCertificate accept(List<String> parts) throws CertificateException {
            if (parts.size() < 2) {
                throw new CertificateException(
                        "it has " + parts.size() + " part(s); expected a certificate, then its roots");
            }
            List<X509Certificate> chain = new ArrayList<>();
            for (String part : parts.subList(0, parts.size() - 1)) {
                chain.addAll(Pem.certificates(part));
            }
            List<X509Certificate> roots = Pem.certificates(parts.getLast());
            WorkloadCertificate certificate = new WorkloadCertificate(key.getPrivate(), chain, roots, generation);
            if (!certificate.identity().equals(identity)) {
                throw new CertificateException("it is for " + certificate.identity());
            }
            if (!chain.getFirst().getPublicKey().equals(key.getPublic())) {
                throw new CertificateException("it is for another key");
            }
            return certificate;
        }

        private static String hint(Status.Code code) {
            return switch (code) {
                case UNAUTHENTICATED, PERMISSION_DENIED ->
                    "; is our token valid, our account trusted to ask for pods, and a pod of that identity on this node?";
                case UNAVAILABLE, DEADLINE_EXCEEDED -> "; is the control plane in reach, and are its roots ours?";
                default -> "";
            };
        }
    }
}
