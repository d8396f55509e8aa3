import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks at the test vectors: a client must give the verdict of each. */
final class Vectors {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<X509Certificate> trusted = new ArrayList<>();
        for (String name : List.of("anchor.pem", "intermediate.pem")) trusted.addAll(certificates(folder.resolve(name)));
        List<X509Certificate> signers = new ArrayList<>();
        for (Path file : list(folder.resolve("certificates"))) signers.addAll(certificates(file));
        int judged = 0;
        for (Path vector : list(folder)) {
            if (!Files.exists(vector.resolve("verdict"))) continue;
            String verdict = Files.readString(vector.resolve("verdict")).strip();
            if (isGood(vector, signers, trusted) != verdict.equals("good"))
                throw new IllegalStateException(vector.getFileName() + " is not judged as it should be: " + verdict);
            judged++;
        }
        System.out.printf("judged: %d vectors%n", judged);
    }

    private static boolean isGood(Path vector, List<X509Certificate> signers, List<X509Certificate> trusted) throws Exception {
        String jws = Files.readString(vector.resolve("jws")).strip();
        Path message = vector.resolve("message");
        try {
            if (Files.exists(message)) {
                Signing.verifyReceipt(jws, Files.readAllBytes(message), signers, trusted);
                return true;
            }
            String type = Files.readString(vector.resolve("typ")).strip();
            Signing.Verified verified = Signing.verify(jws.getBytes(StandardCharsets.US_ASCII), type, signers);
            Signing.verifyChain(verified.signer(), trusted, Signing.signedAt(verified));
            return true;
        } catch (Signing.NotGenuine fault) {
            return false;
        }
    }

    private static List<X509Certificate> certificates(Path file) throws Exception {
        return Signing.readCertificates(Files.readAllBytes(file));
    }

    private static List<Path> list(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
