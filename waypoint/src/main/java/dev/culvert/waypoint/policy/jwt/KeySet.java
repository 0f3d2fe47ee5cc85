package dev.culvert.waypoint.policy.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The public keys of an issuer.
///
/// Immutable. A key says itself which algorithms it is for, by its type and curve and, if it
/// names one, its
/// algorithm; what a token's header says only chooses among those. So an RSA key is never the
/// secret of an HMAC, and
/// neither HMAC nor `none` is known here at all. Keys that are secret, weak (RSA below 2048
/// bits) or not for
/// signatures are left out.
final class KeySet {
    private static final Set<String> RSA = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
    private static final Map<Curve, String> CURVES =
            Map.of(Curve.P_256, "ES256", Curve.P_384, "ES384", Curve.P_521, "ES512");
    private static final int MIN_RSA_BITS = 2048;
    /// How many keys are tried for a token that names none of them.
    private static final int MAX_TRIED = 8;

    private final List<Key> keys;
    private final String digest;

    private KeySet(List<Key> keys, String digest) {
        this.keys = List.copyOf(keys);
        this.digest = digest;
    }

    /// The set that `json` describes (RFC 7517); null when there is no usable key in it.
    static @Nullable KeySet tryParse(String json) {
        List<Key> keys = new ArrayList<>();
        try {
            for (JWK jwk : JWKSet.parse(json).getKeys()) {
                Key key = keyOf(jwk);
                if (key != null) {
                    keys.add(key);
                }
            }
        } catch (ParseException | JOSEException | RuntimeException e) {
            // Whatever was wrong in it, a key set of which a part cannot be read is not half trusted.
            return null;
        }
        return keys.isEmpty() ? null : new KeySet(keys, Sha256.of(json));
    }

    /// Tells this set from others, for the cache.
    String digest() {
        return digest;
    }

    /// Whether one of the keys signed the token.
    boolean verifies(SignedToken token) {
        int tried = 0;
        for (Key key : keys) {
            boolean candidate = key.algorithms().contains(token.algorithm())
                    && (token.keyId().isEmpty()
                            || key.id().isEmpty()
                            || key.id().equals(token.keyId()));
            if (candidate && tried++ < MAX_TRIED && key.check().isRight(token)) {
                return true;
            }
        }
        return false;
    }

    /// Whether some key could have signed it.
    boolean knowsAlgorithm(SignedToken token) {
        return keys.stream().anyMatch(key -> key.algorithms().contains(token.algorithm()));
    }

    private static @Nullable Key keyOf(JWK jwk) throws JOSEException {
        boolean forSignatures = (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
                && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
        String id = jwk.getKeyID() == null ? "" : jwk.getKeyID();
        if (!forSignatures) {
            return null;
        }
        return switch (jwk) {
            case RSAKey rsa
            when rsa.size() >= MIN_RSA_BITS -> key(jwk, id, RSA, nimbus(new RSASSAVerifier(rsa.toRSAPublicKey())));
            case ECKey ec
            when CURVES.containsKey(ec.getCurve()) ->
                key(
                        jwk,
                        id,
                        Set.of(CURVES.getOrDefault(ec.getCurve(), "")),
                        nimbus(new ECDSAVerifier(ec.toECPublicKey())));
            case OctetKeyPair okp -> {
                EdwardsKey edwards = EdwardsKey.tryMake(okp);
                yield edwards == null ? null : key(jwk, id, Set.of("EdDSA"), edwards::verifies);
            }
            default -> null;
        };
    }

    private static @Nullable Key key(JWK jwk, String id, Set<String> possible, Check check) {
        if (jwk.getAlgorithm() == null) {
            return new Key(id, possible, check);
        }
        String only = jwk.getAlgorithm().getName();
        return possible.contains(only) ? new Key(id, Set.of(only), check) : null;
    }

    private static Check nimbus(JWSVerifier verifier) {
        return token -> {
            try {
                return verifier.verify(
                        new JWSHeader(JWSAlgorithm.parse(token.algorithm())),
                        token.signed().toArray(),
                        Base64URL.encode(token.signature().toArray()));
            } catch (JOSEException e) {
                return false;
            }
        };
    }

    private record Key(String id, Set<String> algorithms, Check check) {}

    @FunctionalInterface
    private interface Check {
        boolean isRight(SignedToken token);
    }
}
