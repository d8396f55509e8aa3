import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Signatures, digests and chains (docs/protocol.md, sections 1, 3 and 6), by the standard library alone. */
final class Signing {
    static final String MESSAGE = "safeguarding-message+jws";
    static final String ACKNOWLEDGEMENT = "safeguarding-acknowledgement+jws";
    static final String RECEIPT = "delivery-receipt+jws";
    private static final Set<String> HEADER = Set.of("alg", "typ", "cty", "iat", "x5t#S256");

    /** Something that was signed is not what it says it is: do not act on it. */
    static final class NotGenuine extends Exception {
        private static final long serialVersionUID = 1;

        NotGenuine(String why) {
            super(why);
        }
    }

    /** What was verified: the header, the payload, and by which certificate. */
    record Verified(Map<String, Object> header, Map<String, Object> payload, X509Certificate signer) {}

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] decode(String text) throws NotGenuine {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            // One value has one spelling.
            if (encode(bytes).equals(text)) return bytes;
        } catch (IllegalArgumentException fault) {
            // Told below.
        }
        throw new NotGenuine("not canonical base64url");
    }

    static String digest(byte[] bytes) throws GeneralSecurityException {
        return "sha-256:" + encode(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    static String thumbprint(X509Certificate certificate) throws GeneralSecurityException {
        return encode(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    /** The one algorithm that fits a key. */
    static String algorithmOf(Object key) throws NotGenuine {
        if (key instanceof EdECKey) return "EdDSA";
        if (key instanceof RSAKey) return "PS256";
        if (key instanceof ECKey ec) {
            int size = ec.getParams().getOrder().bitLength();
            if (size == 256) return "ES256";
            if (size == 384) return "ES384";
        }
        throw new NotGenuine("a key that the protocol does not know");
    }

    private static Signature open(String algorithm) throws GeneralSecurityException, NotGenuine {
        switch (algorithm) {
            // JWS wants r and s side by side, and not DER (RFC 7518, section 3.4).
            case "ES256":
                return Signature.getInstance("SHA256withECDSAinP1363Format");
            case "ES384":
                return Signature.getInstance("SHA384withECDSAinP1363Format");
            case "EdDSA":
                return Signature.getInstance("Ed25519");
            case "PS256":
                Signature pss = Signature.getInstance("RSASSA-PSS");
                pss.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
                return pss;
            default:
                throw new NotGenuine("an algorithm that the protocol does not know");
        }
    }

    /** Signs a payload, JSON as text, as a compact JWS (RFC 7515) with exactly the header members of section 3. */
    static byte[] sign(String type, String payload, X509Certificate certificate, PrivateKey key)
            throws GeneralSecurityException, NotGenuine {
        String algorithm = algorithmOf(key);
        String header = String.format(
            "{\"alg\":\"%s\",\"typ\":\"%s\",\"cty\":\"json\",\"iat\":%d,\"x5t#S256\":\"%s\"}",
            algorithm, type, Instant.now().getEpochSecond(), thumbprint(certificate));
        String signed = encode(header.getBytes(StandardCharsets.UTF_8)) + "." + encode(payload.getBytes(StandardCharsets.UTF_8));
        Signature signature = open(algorithm);
        signature.initSign(key);
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return (signed + "." + encode(signature.sign())).getBytes(StandardCharsets.US_ASCII);
    }

    /** Verifies a compact JWS by the one of the certificates that it names. */
    static Verified verify(byte[] jws, String type, Collection<X509Certificate> certificates)
            throws GeneralSecurityException, NotGenuine {
        String[] parts = new String(jws, StandardCharsets.ISO_8859_1).split("\\.", -1);
        if (parts.length != 3) throw new NotGenuine("no compact JWS");
        Map<String, Object> header = readPart(parts[0]);
        Map<String, Object> payload = readPart(parts[1]);
        Set<String> others = new HashSet<>(header.keySet());
        others.removeAll(HEADER);
        if (!header.keySet().containsAll(HEADER) || !Set.of("x5c").containsAll(others))
            throw new NotGenuine("other members than the header must have");
        if (!type.equals(header.get("typ")) || !"json".equals(header.get("cty")))
            throw new NotGenuine("a header of something else than " + type);
        for (X509Certificate one : certificates) {
            if (!thumbprint(one).equals(header.get("x5t#S256"))) continue;
            PublicKey key = one.getPublicKey();
            if (!algorithmOf(key).equals(header.get("alg"))) throw new NotGenuine("an algorithm that does not fit the key");
            Signature signature = open(algorithmOf(key));
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            if (!isGood(signature, decode(parts[2]))) throw new NotGenuine("the signature does not verify");
            return new Verified(header, payload, one);
        }
        throw new NotGenuine("signed by a certificate that is not its sender’s");
    }

    /** What has not even the length of a signature is no error, but no signature either. */
    private static boolean isGood(Signature signature, byte[] bytes) {
        try {
            return signature.verify(bytes);
        } catch (GeneralSecurityException fault) {
            return false;
        }
    }

    private static Map<String, Object> readPart(String part) throws NotGenuine {
        try {
            return Json.readObject(new String(decode(part), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | ClassCastException fault) {
            throw new NotGenuine("no JSON object");
        }
    }

    /** Climbs from a certificate to a trust anchor (RFC 5280, section 6), all of them valid at that time. */
    static void verifyChain(X509Certificate leaf, Collection<X509Certificate> trusted, Date at)
            throws GeneralSecurityException, NotGenuine {
        Set<TrustAnchor> anchors = new HashSet<>();
        List<X509Certificate> others = new ArrayList<>(List.of(leaf));
        for (X509Certificate one : trusted) {
            if (one.getSubjectX500Principal().equals(one.getIssuerX500Principal())) anchors.add(new TrustAnchor(one, null));
            else others.add(one);
        }
        X509CertSelector wanted = new X509CertSelector();
        wanted.setCertificate(leaf);
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, wanted);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(others)));
        // The gateway has looked at the lists of its time, and the receipt names the one that counted.
        parameters.setRevocationEnabled(false);
        parameters.setDate(at);
        try {
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (GeneralSecurityException fault) {
            throw new NotGenuine("no chain to a trust anchor that was valid then");
        }
    }

    /** What an archive does with a receipt (section 6): signature, chain, digest. Gives its payload. */
    static Map<String, Object> verifyReceipt(
            String receipt, byte[] message, Collection<X509Certificate> gateway, Collection<X509Certificate> trusted)
            throws GeneralSecurityException, NotGenuine {
        Verified verified = verify(receipt.getBytes(StandardCharsets.US_ASCII), RECEIPT, gateway);
        verifyChain(verified.signer(), trusted, signedAt(verified));
        if (!digest(message).equals(verified.payload().get("messageDigest"))) throw new NotGenuine("a receipt for other bytes");
        return verified.payload();
    }

    static Date signedAt(Verified verified) throws NotGenuine {
        if (verified.header().get("iat") instanceof Double seconds) return Date.from(Instant.ofEpochSecond(seconds.longValue()));
        throw new NotGenuine("no time of signing");
    }

    @SuppressWarnings("unchecked")
    static List<X509Certificate> readCertificates(byte[] pem) throws CertificateException {
        return new ArrayList<>((Collection<X509Certificate>)
            CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)));
    }

    /** A private key of PKCS#8 in PEM, of whichever kind. */
    static PrivateKey readKey(String pem) throws GeneralSecurityException {
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        for (String kind : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException fault) {
                // Of another kind.
            }
        }
        throw new GeneralSecurityException("a key of no kind that the protocol knows");
    }
}
