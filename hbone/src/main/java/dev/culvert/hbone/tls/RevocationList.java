package dev.culvert.hbone.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// What some authorities have revoked (RFC 5280, section 5). Immutable to its users; may be used from any thread.
///
/// A list speaks for certificates whose issuer has its name and signed it. Of what no list speaks, nothing is known
/// to be revoked. The time until which a list means to be current plays no part: an old list is better than none.
public final class RevocationList {
    public static final RevocationList NONE = new RevocationList(List.of());

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);
    private static final String BEGIN = "-----BEGIN ";
    private static final int DER_SEQUENCE = 0x30;

    private final Map<X500Principal, List<Signed>> byIssuer = new HashMap<>();
    private final int entries;

    private RevocationList(List<X509CRL> lists) {
        int count = 0;
        for (X509CRL list : lists) {
            byIssuer.computeIfAbsent(list.getIssuerX500Principal(), _ -> new ArrayList<>())
                    .add(new Signed(list));
            count += list.getRevokedCertificates() == null
                    ? 0
                    : list.getRevokedCertificates().size();
        }
        entries = count;
    }

    /// Reads PEM with any number of lists, beside which other things may stand, or one list in DER. Nothing but
    /// white space is an empty list.
    ///
    /// @throws CRLException when a list is malformed, or `file` is neither
    public static RevocationList parse(byte[] file) throws CRLException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509CRL> lists = new ArrayList<>();
            for (byte[] der : encoded(file)) {
                lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(der)));
            }
            return new RevocationList(lists);
        } catch (CertificateException impossible) {
            throw new IllegalStateException("this JDK has no X.509", impossible);
        }
    }

    private static List<byte[]> encoded(byte[] file) throws CRLException {
        if (file.length > 0 && file[0] == DER_SEQUENCE) {
            return List.of(file);
        }
        String text = new String(file, StandardCharsets.ISO_8859_1);
        List<byte[]> found = new ArrayList<>();
        int blocks = 0;
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks++;
            if (block.group(1).equals("X509 CRL")) {
                found.add(decoded(block.group(2)));
            }
        }
        boolean unfinished = text.split(BEGIN, -1).length - 1 != blocks;
        if (unfinished || (blocks == 0 && !text.isBlank())) {
            throw new CRLException("neither PEM nor DER, or cut off");
        }
        return found;
    }

    private static byte[] decoded(String base64) throws CRLException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException malformed) {
            throw new CRLException("a list is not in base 64", malformed);
        }
    }

    /// The first certificate of `path` that is revoked, or null.
    ///
    /// @param path leaf first, each issued by the next; the last is trusted as it is
    @Nullable
    X509Certificate revoked(List<X509Certificate> path) {
        for (int i = 0; i < path.size() - 1; i++) {
            X509Certificate each = path.get(i);
            PublicKey issuer = path.get(i + 1).getPublicKey();
            for (Signed list : byIssuer.getOrDefault(each.getIssuerX500Principal(), List.of())) {
                if (list.names(each) && list.isBy(issuer)) {
                    return each;
                }
            }
        }
        return null;
    }

    /// How many certificates are revoked, in all lists.
    public int entries() {
        return entries;
    }

    /// One list, and by which keys it is known to be signed or not.
    private record Signed(X509CRL list, Map<PublicKey, Boolean> keys) {
        Signed(X509CRL list) {
            this(list, new ConcurrentHashMap<>(1));
        }

        boolean names(X509Certificate certificate) {
            X509CRLEntry entry = list.getRevokedCertificate(certificate.getSerialNumber());
            return entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL;
        }

        /// Keys are those of authorities that lead to our roots, so they are few.
        boolean isBy(PublicKey issuer) {
            return keys.computeIfAbsent(issuer, key -> {
                try {
                    list.verify(key);
                    return true;
                } catch (GeneralSecurityException otherKey) {
                    return false;
                }
            });
        }
    }
}
