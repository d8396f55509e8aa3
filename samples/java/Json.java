import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON (RFC 8259) into maps, lists, strings, doubles, booleans and null; the standard library has nothing that does. */
final class Json {
    private static final int DEEPEST = 64;
    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    static Object read(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.space();
        if (json.at != text.length()) throw json.fault();
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> readObject(String text) {
        return (Map<String, Object>) read(text);
    }

    /** A text as a JSON string. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char one : text.toCharArray()) {
            if (one == '"' || one == '\\') quoted.append('\\').append(one);
            else if (one < ' ') quoted.append(String.format("\\u%04x", (int) one));
            else quoted.append(one);
        }
        return quoted.append('"').toString();
    }

    private Object value() {
        space();
        char next = peek();
        if (next == '{') return object();
        if (next == '[') return array();
        if (next == '"') return string();
        for (String word : new String[] {"true", "false", "null"}) {
            if (!text.startsWith(word, at)) continue;
            at += word.length();
            return word.equals("null") ? null : Boolean.valueOf(word);
        }
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        if (at == start) throw fault();
        return Double.valueOf(text.substring(start, at));
    }

    private Map<String, Object> object() {
        enter('{');
        Map<String, Object> members = new LinkedHashMap<>();
        while (more(members.isEmpty(), '}')) {
            space();
            String name = string();
            space();
            expect(':');
            // The last of two of one name must not win: another parser would take the first.
            if (members.containsKey(name)) throw fault();
            members.put(name, value());
        }
        return members;
    }

    private List<Object> array() {
        enter('[');
        List<Object> items = new ArrayList<>();
        while (more(items.isEmpty(), ']')) items.add(value());
        return items;
    }

    private void enter(char open) {
        expect(open);
        if (++depth > DEEPEST) throw fault();
    }

    private boolean more(boolean first, char end) {
        space();
        if (peek() == end) {
            at++;
            depth--;
            return false;
        }
        if (!first) expect(',');
        return true;
    }

    private String string() {
        expect('"');
        StringBuilder read = new StringBuilder();
        for (char one = take(); one != '"'; one = take()) {
            if (one < ' ') throw fault();
            read.append(one == '\\' ? escaped() : one);
        }
        return read.toString();
    }

    private char escaped() {
        char one = take();
        if (one == 'u') {
            at += 4;
            if (at > text.length()) throw fault();
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        int known = "\"\\/bfnrt".indexOf(one);
        if (known < 0) throw fault();
        return "\"\\/\b\f\n\r\t".charAt(known);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char peek() {
        if (at >= text.length()) throw fault();
        return text.charAt(at);
    }

    private char take() {
        char one = peek();
        at++;
        return one;
    }

    private void expect(char one) {
        if (take() != one) throw fault();
    }

    private IllegalArgumentException fault() {
        return new IllegalArgumentException("no JSON, at " + at);
    }
}
