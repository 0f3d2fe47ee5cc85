package dev.culvert.process;

import java.util.List;
import java.util.stream.Collectors;

/// Every mistake found in one reading of the [Settings], told together.
public final class SettingErrors extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    SettingErrors(List<Mistake> mistakes) {
        super(mistakes.stream()
                .map(Mistake::toString)
                .collect(Collectors.joining("\n  ", mistakes.size() + " bad setting(s):\n  ", "")));
        this.mistakes = List.copyOf(mistakes);
    }

    public List<Mistake> mistakes() {
        return mistakes;
    }

    /// One setting that cannot be used: its name, the value that was given, and what was expected instead.
    public record Mistake(String name, String value, String expected) {
        @Override
        public String toString() {
            return name + " is '" + value + "'; expected " + expected;
        }
    }
}
