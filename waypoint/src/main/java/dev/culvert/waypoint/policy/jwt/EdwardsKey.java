package dev.culvert.waypoint.policy.jwt;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import org.jspecify.annotations.Nullable;

/// A key of EdDSA (RFC 8037), by the JDK.
///
/// Immutable.
record EdwardsKey(PublicKey key, String algorithm) {

    /// The key, or null when it is on a curve that is not for signatures.
    static @Nullable EdwardsKey tryMake(OctetKeyPair pair) {
        boolean is25519 = Curve.Ed25519.equals(pair.getCurve());
        byte[] encoded = pair.getX().decode();
        if ((!is25519 && !Curve.Ed448.equals(pair.getCurve())) || encoded.length != (is25519 ? 32 : 57)) {
            return null;
        }
        NamedParameterSpec curve = is25519 ? NamedParameterSpec.ED25519 : NamedParameterSpec.ED448;
        try {
            PublicKey key =
                    KeyFactory.getInstance("EdDSA").generatePublic(new EdECPublicKeySpec(curve, point(encoded)));
            return new EdwardsKey(key, curve.getName());
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    /// RFC 8032 section 5.1.2: little-endian, the highest bit is the sign of x.
    private static EdECPoint point(byte[] encoded) {
        byte[] bigEndian = new byte[encoded.length];
        for (int i = 0; i < encoded.length; i++) {
            bigEndian[i] = encoded[encoded.length - 1 - i];
        }
        boolean xIsOdd = (bigEndian[0] & 0x80) != 0;
        bigEndian[0] &= 0x7f;
        return new EdECPoint(xIsOdd, new BigInteger(1, bigEndian));
    }

    boolean verifies(SignedToken token) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initVerify(key);
            signature.update(token.signed().toArray());
            return signature.verify(token.signature().toArray());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
