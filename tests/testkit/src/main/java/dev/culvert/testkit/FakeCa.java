package dev.culvert.testkit;

import com.google.protobuf.Value;
import dev.culvert.api.ca.IstioCertificateRequest;
import dev.culvert.api.ca.IstioCertificateResponse;
import dev.culvert.api.ca.IstioCertificateServiceGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// A certificate authority that does as the test says, over plain gRPC on loopback. Thread-safe: gRPC
/// calls it on threads of its own while the test scripts it.
///
/// It checks what it is asked as a real one would: the request's own signature, and that it names one
/// identity. Answers are signed as asked unless the next one was scripted otherwise.
public final class FakeCa implements AutoCloseable {
    /// One request as it came: the identity in the CSR, the one to impersonate (empty when absent), and
    /// the wanted seconds.
    public record Asked(String identity, String impersonated, long validitySeconds) {}

    private sealed interface Script {
        record Refuse(Status status) implements Script {}

        record Parts(List<String> chain) implements Script {}

        record For(String identity) implements Script {}
    }

    private final KeyPair key = newKey();
    private final AtomicLong serial = new AtomicLong();
    private final X509Certificate root;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final Server server;

    public FakeCa() throws IOException {
        Instant now = Instant.now();
        root = certificate(new Wanted(key.getPublic(), "", now.minusSeconds(60), now.plus(Duration.ofDays(3650))));
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Service())
                .build()
                .start();
    }

    public int port() {
        return server.getPort();
    }

    public X509Certificate root() {
        return root;
    }

    /// What was asked so far.
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /// Refuses the next request.
    public void refuseNext(Status status) {
        scripts.add(new Script.Refuse(status));
    }

    /// Answers the next request with exactly these parts.
    public void answerNext(List<String> chain) {
        scripts.add(new Script.Parts(chain));
    }

    /// Gives the next request a certificate of another identity.
    public void mistakeNextFor(String identity) {
        scripts.add(new Script.For(identity));
    }

    /// A leaf of this authority, without a request.
    public X509Certificate sign(PublicKey subject, String identity, Instant notBefore, Instant notAfter) {
        return certificate(new Wanted(subject, identity, notBefore, notAfter));
    }

    public static String pem(X509Certificate certificate) {
        try {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /// A certificate to be made; no identity means the root.
    private record Wanted(PublicKey subject, String identity, Instant notBefore, Instant notAfter) {}

    private X509Certificate certificate(Wanted wanted) {
        boolean leaf = !wanted.identity().isEmpty();
        try {
            X500Name issuer = new X500Name("O=test");
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(serial.incrementAndGet()),
                    Date.from(wanted.notBefore()),
                    Date.from(wanted.notAfter()),
                    leaf ? new X500Name(new RDN[0]) : issuer,
                    wanted.subject());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(!leaf));
            if (leaf) {
                builder.addExtension(Extension.subjectAlternativeName, true, uri(wanted.identity()));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("cannot sign for " + wanted.identity(), e);
        }
    }

    private static GeneralNames uri(String identity) {
        return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity));
    }

    private final class Service extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
        @Override
        public void createCertificate(
                IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
            try {
                JcaPKCS10CertificationRequest csr = parse(request.getCsr());
                String identity = identity(csr);
                Value impersonated =
                        request.getMetadata().getFieldsOrDefault("ImpersonatedIdentity", Value.getDefaultInstance());
                asked.add(new Asked(identity, impersonated.getStringValue(), request.getValidityDuration()));
                switch (scripts.poll()) {
                    case null -> reply(response, chain(csr, identity, request.getValidityDuration()));
                    case Script.Refuse refuse ->
                        response.onError(refuse.status().asRuntimeException());
                    case Script.Parts parts -> reply(response, parts.chain());
                    case Script.For other ->
                        reply(response, chain(csr, other.identity(), request.getValidityDuration()));
                }
            } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
                response.onError(Status.INVALID_ARGUMENT
                        .withDescription(e.getMessage())
                        .withCause(e)
                        .asRuntimeException());
            }
        }

        private List<String> chain(JcaPKCS10CertificationRequest csr, String identity, long seconds)
                throws GeneralSecurityException {
            Instant now = Instant.now();
            X509Certificate leaf = sign(csr.getPublicKey(), identity, now.minusSeconds(5), now.plusSeconds(seconds));
            return List.of(pem(leaf), pem(root));
        }

        private static void reply(StreamObserver<IstioCertificateResponse> response, List<String> chain) {
            response.onNext(
                    IstioCertificateResponse.newBuilder().addAllCertChain(chain).build());
            response.onCompleted();
        }

        private static JcaPKCS10CertificationRequest parse(String pem)
                throws IOException, GeneralSecurityException, OperatorCreationException, PKCSException {
            try (PEMParser parser = new PEMParser(new StringReader(pem))) {
                if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
                    throw new IOException("the CSR is no PKCS#10 request in PEM");
                }
                JcaPKCS10CertificationRequest csr = new JcaPKCS10CertificationRequest(parsed);
                if (!csr.isSignatureValid(new JcaContentVerifierProviderBuilder().build(csr.getPublicKey()))) {
                    throw new IOException("the CSR is not signed with its own key");
                }
                return csr;
            }
        }

        private static String identity(JcaPKCS10CertificationRequest csr) throws IOException {
            Extension names = csr.getRequestedExtensions().getExtension(Extension.subjectAlternativeName);
            GeneralName[] all = GeneralNames.getInstance(names.getParsedValue()).getNames();
            if (!names.isCritical() || all.length != 1 || csr.getSubject().getRDNs().length != 0) {
                throw new IOException("the CSR has a subject, or not exactly one critical alternative name");
            }
            return all[0].getName().toString();
        }
    }
}
