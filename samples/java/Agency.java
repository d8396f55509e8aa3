import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** One agency's system (docs/protocol.md): its two keys, its connection, and what it trusts. It believes nothing that it has not verified. */
final class Agency {
    /** The gateway has refused a call: `problem` is its document (RFC 9457), which says what to do. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(Map<String, Object> problem) {
            super(problem.get("code") + ": " + problem.get("detail"));
        }
    }

    /** What the inbox lists. */
    record Waiting(String from, String messageId) {}

    /** A message that was read and verified. */
    record Read(byte[] bytes, Map<String, Object> envelope) {}

    private static final int TRIES = 5;
    final String id;
    private final URI gateway;
    private final X509Certificate certificate;
    private final PrivateKey key;
    private final List<X509Certificate> trusted = new ArrayList<>();
    private final HttpClient http;
    private final List<X509Certificate> gatewayCertificates;

    Agency(URI gateway, Path folder, Path trust) throws Exception {
        this.gateway = gateway;
        id = folder.getFileName().toString();
        certificate = Signing.readCertificates(Files.readAllBytes(folder.resolve("signing.crt"))).get(0);
        key = Signing.readKey(Files.readString(folder.resolve("signing.key")));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(trust, "*.crt")) {
            for (Path file : files) trusted.addAll(Signing.readCertificates(Files.readAllBytes(file)));
        }
        http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(openTls(folder, trust.resolve("ca.crt")))
            .build();
        Map<String, Object> wellKnown = Json.readObject(text(call("GET", "/.well-known/passerelle", null)));
        gatewayCertificates = certificatesOf(wellKnown, "signingCertificates");
    }

    /** Mutual TLS 1.3: this agency's TLS key, and no other authority than the anchor that it was given. */
    private static SSLContext openTls(Path folder, Path anchor) throws GeneralSecurityException, IOException {
        char[] none = new char[0];
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, none);
        PrivateKey key = Signing.readKey(Files.readString(folder.resolve("tls.key")));
        List<X509Certificate> chain = Signing.readCertificates(Files.readAllBytes(folder.resolve("tls.crt")));
        own.setKeyEntry("tls", key, none, chain.toArray(Certificate[]::new));
        KeyStore anchors = KeyStore.getInstance("PKCS12");
        anchors.load(null, none);
        for (X509Certificate one : Signing.readCertificates(Files.readAllBytes(anchor))) anchors.setCertificateEntry("anchor", one);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, none);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(anchors);
        SSLContext tls = SSLContext.getInstance("TLSv1.3");
        tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return tls;
    }

    /** One call. Every call may be repeated with the same bytes, so what passes is tried again (section 4). */
    private byte[] call(String method, String path, byte[] jose) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path)).timeout(Duration.ofSeconds(60));
        if (jose == null) request.method(method, HttpRequest.BodyPublishers.noBody());
        else request.header("Content-Type", "application/jose").method(method, HttpRequest.BodyPublishers.ofByteArray(jose));
        for (int tried = 1; ; tried++) {
            long pause = 250L << tried;
            try {
                HttpResponse<byte[]> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                int status = answer.statusCode();
                if (status < 400) return answer.body();
                boolean passes = status == 429 || status >= 500;
                if (!passes || tried == TRIES) throw new Refused(Json.readObject(text(answer.body())));
                pause = answer.headers().firstValueAsLong("Retry-After").orElse(pause / 1000) * 1000;
            } catch (IOException fault) {
                if (tried == TRIES) throw fault;
            }
            Thread.sleep(pause);
        }
    }

    private Map<String, Object> verifyReceipt(Object receipt, byte[] message) throws Exception {
        return Signing.verifyReceipt((String) receipt, message, gatewayCertificates, trusted);
    }

    /** Signs an envelope, JSON as text, and submits it. Gives its bytes, which are kept; its receipt was verified. */
    byte[] submit(String envelope) throws Exception {
        byte[] message = Signing.sign(Signing.MESSAGE, envelope, certificate, key);
        Map<String, Object> answer = Json.readObject(text(call("POST", "/v1/messages", message)));
        Map<String, Object> receipt = verifyReceipt(answer.get("receipt"), message);
        if (!"SubmissionAcceptance".equals(receipt.get("event"))) throw new Signing.NotGenuine("a receipt for something else");
        return message;
    }

    /** What waits, the most pressing first; waits where there is nothing yet (section 7). */
    List<Waiting> waiting() throws Exception {
        List<Waiting> waiting = new ArrayList<>();
        for (Map<String, Object> one : list(Json.readObject(text(call("GET", "/v1/inbox?wait=30", null))), "messages"))
            waiting.add(new Waiting((String) one.get("from"), (String) one.get("messageId")));
        return waiting;
    }

    /** A message as its sender signed it, verified by the sender's certificates in the directory. */
    Read read(String sender, String messageId) throws Exception {
        byte[] message = call("GET", "/v1/inbox/" + sender + "/" + messageId, null);
        List<X509Certificate> certificates = List.of();
        for (Map<String, Object> agency : list(Json.readObject(text(call("GET", "/v1/agencies", null))), "agencies"))
            if (sender.equals(agency.get("id"))) certificates = certificatesOf(agency, "certificates");
        Signing.Verified verified = Signing.verify(message, Signing.MESSAGE, certificates);
        Signing.verifyChain(verified.signer(), trusted, Signing.signedAt(verified));
        Map<String, Object> envelope = verified.payload();
        if (!sender.equals(envelope.get("from")) || !id.equals(envelope.get("to")) || !messageId.equals(envelope.get("id")))
            throw new Signing.NotGenuine("a message for somebody else");
        return new Read(message, envelope);
    }

    /** Says, signed, that this agency has the message. The receipt was verified. */
    void acknowledge(String sender, String messageId, byte[] message) throws Exception {
        String word = String.format(
            "{\"messageId\":%s,\"messageDigest\":%s,\"at\":%s,\"outcome\":\"accepted\"}",
            Json.quote(messageId),
            Json.quote(Signing.digest(message)),
            Json.quote(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()));
        byte[] signed = Signing.sign(Signing.ACKNOWLEDGEMENT, word, certificate, key);
        String path = "/v1/inbox/" + sender + "/" + messageId + "/acknowledgement";
        verifyReceipt(Json.readObject(text(call("POST", path, signed))).get("receipt"), message);
    }

    /** The events of a message that this agency has sent, each by a receipt that was verified. */
    List<String> events(String messageId, byte[] message) throws Exception {
        List<String> events = new ArrayList<>();
        Object receipts = Json.readObject(text(call("GET", "/v1/messages/" + messageId + "/receipts", null))).get("receipts");
        for (Object receipt : (List<?>) receipts) events.add((String) verifyReceipt(receipt, message).get("event"));
        return events;
    }

    private static List<X509Certificate> certificatesOf(Map<String, Object> party, String member) throws Exception {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Map<String, Object> one : list(party, member))
            certificates.addAll(Signing.readCertificates(((String) one.get("pem")).getBytes(StandardCharsets.US_ASCII)));
        return certificates;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> object, String member) {
        return (List<Map<String, Object>>) object.get(member);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
