package dev.culvert.waypoint.policy.jwt;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;

/// Somebody who signs tokens, by the JDK alone, so that what is tested does not test itself.
public final class Issuer {
    private static final KeyPair SHARED_RSA = rsa();

    final KeyPair pair;
    final JWK jwk;
    private final String algorithm;

    private Issuer(String algorithm, String keyId) throws GeneralSecurityException {
        this.algorithm = algorithm;
        switch (algorithm.substring(0, 2)) {
            case "ES" -> {
                Curve curve = switch (algorithm) {
                    case "ES256" -> Curve.P_256;
                    case "ES384" -> Curve.P_384;
                    default -> Curve.P_521;
                };
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec(curve.getStdName()));
                pair = generator.generateKeyPair();
                jwk = new ECKey.Builder(curve, (ECPublicKey) pair.getPublic())
                        .keyID(keyId)
                        .build();
            }
            case "Ed" -> {
                pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
                jwk = new OctetKeyPair.Builder(
                                Curve.Ed25519, Base64URL.encode(encoded((EdECPublicKey) pair.getPublic())))
                        .keyID(keyId)
                        .build();
            }
            default -> {
                pair = algorithm.equals("RS256") ? rsa() : SHARED_RSA;
                jwk = new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                        .keyID(keyId)
                        .build();
            }
        }
    }

    /// Making one takes long; issuers that differ in their algorithm alone share it.
    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One with a new key.
    public static Issuer of(String algorithm, String keyId) {
        try {
            return new Issuer(algorithm, keyId);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The public keys of all of them.
    public static String keySet(Issuer... issuers) {
        return new JWKSet(List.of(issuers).stream().map(issuer -> issuer.jwk).toList()).toString();
    }

    /// A token with the usual header.
    public String token(String claims) {
        return token("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + jwk.getKeyID() + "\"}", claims);
    }

    String token(String header, String claims) {
        String signed = base64(header) + "." + base64(claims);
        return signed + "." + base64(sign(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private byte[] sign(byte[] content) {
        String bits = algorithm.substring(Math.min(2, algorithm.length() - 3));
        try {
            Signature signature = Signature.getInstance(
                    switch (algorithm.substring(0, 2)) {
                        case "ES" -> "SHA" + bits + "withECDSAinP1363Format";
                        case "PS" -> "RSASSA-PSS";
                        case "Ed" -> "Ed25519";
                        default -> "SHA" + bits + "withRSA";
                    });
            if (algorithm.startsWith("PS")) {
                signature.setParameter(new PSSParameterSpec(
                        "SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits), Integer.parseInt(bits) / 8, 1));
            }
            signature.initSign(pair.getPrivate());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(EdECPublicKey key) {
        byte[] bytes = new byte[32];
        BigInteger y = key.getPoint().getY();
        for (int i = 0; i < 32; i++) {
            bytes[i] = y.shiftRight(8 * i).byteValue();
        }
        bytes[31] |= key.getPoint().isXOdd() ? (byte) 0x80 : 0;
        return bytes;
    }
}
