import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Plays one child's whole pathway (docs/protocol.md, section 5) against a gateway, as each of the agencies in turn. The children and the
 * agencies are synthetic. A real system is one agency, and has one folder of keys.
 */
final class Pathway {
    private static final Pattern HOLE = Pattern.compile("@\\{([a-z]+):?([^}]*)}");
    private static final List<String> EVENTS = List.of("SubmissionAcceptance", "ContentConsignment", "ContentHandover");

    private record Sent(Agency sender, String id, byte[] message) {}

    private final Map<String, String> ids = new HashMap<>();
    private final String caseId = UUID.randomUUID().toString();

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) throw new IllegalArgumentException("Pathway <url> <folder of keys> <folder of the figure>");
        new Pathway().play(URI.create(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    }

    private void play(URI gateway, Path keys, Path figure) throws Exception {
        Map<String, Agency> agencies = new HashMap<>();
        List<Sent> sent = new ArrayList<>();
        for (String line : Files.readAllLines(figure.resolve("steps.txt"))) {
            String[] words = line.split(" ");
            for (String name : List.of(words[1], words[2]))
                if (!agencies.containsKey(name))
                    agencies.put(name, new Agency(gateway, keys.resolve("agencies").resolve(name), keys.resolve("trust")));
            Agency sender = agencies.get(words[1]);
            Agency recipient = agencies.get(words[2]);

            String envelope = fill(Files.readString(figure.resolve(words[3])));
            String id = ids.get(words[0]);
            byte[] message = sender.submit(envelope);
            Agency.Read read = receive(recipient, id);
            check(Arrays.equals(read.bytes(), message), "it is not what was sent");
            check(read.envelope().equals(Json.readObject(envelope)), "it does not say what was said");
            sent.add(new Sent(sender, id, message));
            System.out.printf("%-20s %s -> %s%n", words[0], sender.id, recipient.id);
        }
        for (Sent one : sent) check(one.sender().events(one.id(), one.message()).equals(EVENTS), "a receipt is missing");
        System.out.printf("played: %d messages, %d receipts verified%n", sent.size(), EVENTS.size() * sent.size());
    }

    /** What a real system does for ever: it takes whatever waits, keeps it, and acknowledges it. Gives the message that is wanted. */
    private static Agency.Read receive(Agency agency, String wanted) throws Exception {
        for (int round = 0; round < 10; round++) {
            for (Agency.Waiting one : agency.waiting()) {
                Agency.Read read = agency.read(one.from(), one.messageId());
                agency.acknowledge(one.from(), one.messageId(), read.bytes());
                if (one.messageId().equals(wanted)) return read;
            }
        }
        throw new IllegalStateException("it does not come to its recipient");
    }

    /** An envelope of the figure, its holes filled: ids of messages, the case, and times so many hours from now. */
    private String fill(String template) {
        return HOLE.matcher(template).replaceAll((MatchResult hole) -> switch (hole.group(1)) {
            case "case" -> caseId;
            case "id" -> ids.computeIfAbsent(hole.group(2), name -> UUID.randomUUID().toString());
            default -> Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Long.parseLong(hole.group(2)), ChronoUnit.HOURS).toString();
        });
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) throw new IllegalStateException(otherwise);
    }
}
