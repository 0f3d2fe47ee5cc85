package dev.culvert.controlplane.ca;

import dev.culvert.api.SpiffeId;
import dev.culvert.api.ca.IstioCertificateRequest;
import dev.culvert.api.ca.IstioCertificateResponse;
import dev.culvert.api.ca.IstioCertificateServiceGrpc;
import dev.culvert.controlplane.caller.Caller;
import dev.culvert.controlplane.caller.CallerIdentity;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate service: a proxy sends a signing request, and gets a certificate for an identity
/// that it may have.
///
/// Thread-safe; runs on gRPC's virtual threads. Of the signing request only the key counts. A
/// refusal says nothing to the outside; each issued certificate and each refusal is one line of our
/// log.
public final class CaServer extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
    private static final Logger log = LoggerFactory.getLogger(CaServer.class);
    private static final String IMPERSONATED = "ImpersonatedIdentity";

    private final CertificateAuthority authority;
    private final IssuePolicy policy;
    private final CertificateLife life;
    private final CaObserver observer;

    /// @param trustDomain the mesh's
    /// @param pods which identities run where
    public CaServer(
            CertificateAuthority authority,
            Supplier<String> trustDomain,
            NodePods pods,
            CertificateLife life,
            CaObserver observer) {
        this.authority = authority;
        this.policy = new IssuePolicy(trustDomain, pods);
        this.life = life;
        this.observer = observer;
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> responses) {
        observer.requested();
        Caller caller = Caller.current();
        String impersonated = impersonated(request);
        switch (policy.decide(caller.identity(), impersonated)) {
            case IssuePolicy.Decision.Refuse(String reason) -> {
                observer.refused();
                log.atWarn()
                        .addKeyValue("caller", describe(caller.identity()))
                        .addKeyValue("token", caller.credential())
                        .addKeyValue("asked", printable(impersonated))
                        .addKeyValue("reason", reason)
                        .log("certificate refused");
                responses.onError(Status.UNAUTHENTICATED
                        .withDescription("request authenticate failure")
                        .asRuntimeException());
            }
            case IssuePolicy.Decision.Issue(SpiffeId identity) -> issue(request, caller, identity, responses);
        }
    }

    private void issue(
            IstioCertificateRequest request,
            Caller caller,
            SpiffeId identity,
            StreamObserver<IstioCertificateResponse> responses) {
        IssuedCertificate issued;
        try {
            SigningRequest signing = SigningRequest.parse(request.getCsr());
            issued = authority.issue(signing.publicKey(), identity, life.asked(request.getValidityDuration()));
        } catch (SigningRequest.BadRequestException e) {
            observer.unreadable();
            log.atWarn()
                    .addKeyValue("caller", describe(caller.identity()))
                    .addKeyValue("identity", identity)
                    .addKeyValue("reason", e.getMessage())
                    .log("certificate request cannot be used");
            responses.onError(Status.INVALID_ARGUMENT
                    .withDescription("certificate request: " + e.getMessage())
                    .asRuntimeException());
            return;
        }
        audit(caller, identity, issued);
        observer.issued();
        responses.onNext(IstioCertificateResponse.newBuilder()
                .addAllCertChain(issued.response())
                .build());
        responses.onCompleted();
    }

    private static void audit(Caller caller, SpiffeId identity, IssuedCertificate issued) {
        log.atInfo()
                .addKeyValue("identity", identity)
                .addKeyValue("caller", describe(caller.identity()))
                .addKeyValue("token", caller.credential())
                .addKeyValue("serial", issued.leaf().getSerialNumber().toString(16))
                .addKeyValue("notAfter", issued.leaf().getNotAfter().toInstant())
                .addKeyValue("key", issued.leaf().getPublicKey().getAlgorithm())
                .log("certificate issued");
    }

    private static String impersonated(IstioCertificateRequest request) {
        var field = request.getMetadata().getFieldsMap().get(IMPERSONATED);
        return field == null ? "" : field.getStringValue();
    }

    private static String describe(CallerIdentity identity) {
        return switch (identity) {
            case CallerIdentity.Node(String node) -> "node/" + node;
            case CallerIdentity.Workload(SpiffeId id) -> id.toString();
        };
    }

    private static String printable(String fromOutside) {
        String shortened = fromOutside.length() > 300 ? fromOutside.substring(0, 300) + "…" : fromOutside;
        return shortened.replaceAll("\\p{Cntrl}", "?");
    }
}
