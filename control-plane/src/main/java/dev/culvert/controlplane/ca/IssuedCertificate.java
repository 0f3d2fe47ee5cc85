package dev.culvert.controlplane.ca;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// A certificate that we have just signed, with what a peer needs to check it. Immutable.
///
/// @param leaf the new certificate
/// @param intermediates between it and the roots
/// @param roots the trusted roots
public record IssuedCertificate(
        X509Certificate leaf, List<X509Certificate> intermediates, List<X509Certificate> roots) {
    public IssuedCertificate {
        intermediates = List.copyOf(intermediates);
        roots = List.copyOf(roots);
    }

    /// PEM texts in the order of the certificate service: leaf, intermediates one each, all roots
    /// in one.
    List<String> response() {
        List<String> chain = new ArrayList<>();
        chain.add(Pem.encode(leaf));
        intermediates.forEach(intermediate -> chain.add(Pem.encode(intermediate)));
        chain.add(Pem.encodeAll(roots));
        return chain;
    }

    /// What a TLS server presents.
    List<X509Certificate> presented() {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(leaf);
        chain.addAll(intermediates);
        return chain;
    }
}
