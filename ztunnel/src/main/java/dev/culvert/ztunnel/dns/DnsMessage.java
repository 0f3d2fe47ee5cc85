package dev.culvert.ztunnel.dns;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A DNS message as it came (RFC 1035 section 4), of which only header and question are looked at.
///
/// Immutable.
final class DnsMessage {
    static final int HEADER_BYTES = 12;
    static final int SERVER_FAILURE = 2;
    static final int FORMAT_ERROR = 1;

    private static final int MAX_NAME_BYTES = 255;
    private static final int RESPONSE = 0x80;
    private static final int OPCODE = 0x78;
    private static final int RECURSION_DESIRED = 0x01;
    private static final int RCODE = 0x0f;

    private final byte[] bytes;
    private final int questionEnd;

    private DnsMessage(byte[] bytes, int questionEnd) {
        this.bytes = bytes;
        this.questionEnd = questionEnd;
    }

    /// The message in `bytes`, which must not change any more, or null when it has no readable header and question.
    /// A message has one question, or none.
    static @Nullable DnsMessage parse(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            return null;
        }
        int questions = unsignedShort(bytes, 4);
        if (questions == 0) {
            return new DnsMessage(bytes, HEADER_BYTES);
        }
        int end = questions == 1 ? questionEnd(bytes) : -1;
        return end < 0 ? null : new DnsMessage(bytes, end);
    }

    /// Where the only question ends, or -1. Its name cannot be compressed: nothing comes before it.
    private static int questionEnd(byte[] bytes) {
        int at = HEADER_BYTES;
        while (at < bytes.length) {
            int label = bytes[at] & 0xff;
            if (label == 0) {
                int end = at + 1 + 4;
                return end <= bytes.length ? end : -1;
            }
            at += 1 + label;
            if (label > 63 || at - HEADER_BYTES >= MAX_NAME_BYTES) {
                return -1;
            }
        }
        return -1;
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    byte[] bytes() {
        return bytes;
    }

    int id() {
        return unsignedShort(bytes, 0);
    }

    boolean isResponse() {
        return (bytes[2] & RESPONSE) != 0;
    }

    /// The same message under another id.
    DnsMessage withId(int id) {
        byte[] copy = bytes.clone();
        copy[0] = (byte) (id >> 8);
        copy[1] = (byte) id;
        return new DnsMessage(copy, questionEnd);
    }

    /// Whether this can only have been made by someone who saw `query`: its id and its question. A server that
    /// fails may leave the question out.
    boolean answers(DnsMessage query) {
        if (!isResponse() || id() != query.id() || (bytes[2] & OPCODE) != (query.bytes[2] & OPCODE)) {
            return false;
        }
        boolean failed = (bytes[3] & RCODE) != 0;
        return (questionEnd == HEADER_BYTES && failed) || sameQuestion(query);
    }

    private boolean sameQuestion(DnsMessage other) {
        if (questionEnd != other.questionEnd) {
            return false;
        }
        for (int i = HEADER_BYTES; i < questionEnd; i++) {
            if (lower(bytes[i]) != lower(other.bytes[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }

    /// The answer to this query that says only that it failed, and how.
    DnsMessage failure(int code) {
        byte[] reply = Arrays.copyOf(bytes, questionEnd);
        reply[2] = (byte) (RESPONSE | (reply[2] & (OPCODE | RECURSION_DESIRED)));
        reply[3] = (byte) (RESPONSE | code);
        Arrays.fill(reply, 6, HEADER_BYTES, (byte) 0);
        return new DnsMessage(reply, questionEnd);
    }
}
