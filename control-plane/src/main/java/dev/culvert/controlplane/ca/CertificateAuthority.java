package dev.culvert.controlplane.ca;

import dev.culvert.api.SpiffeId;
import java.io.IOException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signs certificates with the mesh's authority. It decides nothing about who may have one.
///
/// Thread-safe: the signer is one immutable value, read once per certificate and replaced by
/// [#refresh].
public final class CertificateAuthority {
    private static final Logger log = LoggerFactory.getLogger(CertificateAuthority.class);

    private final SignerSource source;
    private final Clock clock;
    private volatile Signer signer;

    private CertificateAuthority(SignerSource source, Clock clock, Signer signer) {
        this.source = source;
        this.clock = clock;
        this.signer = signer;
    }

    /// The authority of `source`.
    ///
    /// @throws IOException when its key or its certificates cannot be used; the message says why
    public static CertificateAuthority open(SignerSource source, Clock clock) throws IOException {
        return new CertificateAuthority(source, clock, source.load());
    }

    /// A certificate for `key` in the name of `identity`, valid from just before now for `life`, or
    /// until the signer's own end when that comes first.
    public IssuedCertificate issue(PublicKey key, SpiffeId identity, Duration life) {
        return issue(
                key,
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString())),
                life);
    }

    IssuedCertificate issue(PublicKey key, GeneralNames names, Duration life) {
        Signer current = signer;
        Instant now = clock.instant();
        return new IssuedCertificate(
                CertificateBuilder.leaf(current, key, names, now, now.plus(life)),
                current.intermediates(),
                current.roots());
    }

    /// The trusted roots as PEM.
    public String rootsPem() {
        return Pem.encodeAll(signer.roots());
    }

    /// When nothing that we sign can be valid any more.
    public Instant end() {
        return signer.end();
    }

    /// Reads the files again, and signs our own root again when it is due; true when the signer is
    /// another now. A mistake in the files is reported and the old signer stays.
    public boolean refresh() {
        try {
            Signer read = source.load();
            if (read.certificate().equals(signer.certificate())
                    && read.intermediates().equals(signer.intermediates())
                    && read.roots().equals(signer.roots())) {
                return false;
            }
            signer = read;
            log.atInfo()
                    .addKeyValue("subject", read.certificate().getSubjectX500Principal())
                    .addKeyValue("notAfter", read.end())
                    .log("the authority's certificates changed");
            return true;
        } catch (IOException e) {
            log.atError().setCause(e).log("cannot read the authority's certificates; the old ones stay in use");
            return false;
        }
    }
}
