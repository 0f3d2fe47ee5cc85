package dev.culvert.controlplane.ca;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// What we take from a certificate signing request (RFC 2986): the public key, whose private half
/// the sender has shown to hold. Names and extensions that it asks for are not looked at.
/// Immutable.
///
/// @param publicKey the key to certify
record SigningRequest(PublicKey publicKey) {
    static final int MAX_PEM = 16 * 1024;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final int MIN_EC_BITS = 256;

    /// @throws BadRequestException saying what is wrong with it
    static SigningRequest parse(String pem) throws BadRequestException {
        if (pem.length() > MAX_PEM) {
            throw new BadRequestException("the request has " + pem.length() + " characters; at most " + MAX_PEM);
        }
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
                throw new BadRequestException("expected one CERTIFICATE REQUEST in PEM");
            }
            PublicKey key = new JcaPKCS10CertificationRequest(parsed).getPublicKey();
            checkStrength(key);
            if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new BadRequestException("its signature is not by the key in it");
            }
            return new SigningRequest(key);
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | RuntimeException e) {
            // The parser reports damaged input by many kinds of exception, unchecked ones among them.
            throw new BadRequestException("it cannot be read: " + e.getMessage());
        }
    }

    private static void checkStrength(PublicKey key) throws BadRequestException {
        boolean strong = switch (key) {
            case RSAPublicKey rsa -> {
                int bits = rsa.getModulus().bitLength();
                yield bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
            }
            case ECPublicKey ec -> ec.getParams().getOrder().bitLength() >= MIN_EC_BITS;
            default -> key.getAlgorithm().startsWith("Ed");
        };
        if (!strong) {
            throw new BadRequestException("its key is too weak or too large; expected RSA of 2048 to 8192 bits,"
                    + " EC of 256 bits or more, or Ed25519");
        }
    }

    /// A request that cannot be signed; the message may be shown to the sender.
    static final class BadRequestException extends Exception {
        private static final long serialVersionUID = 1L;

        BadRequestException(String message) {
            super(message);
        }
    }
}
