package dev.culvert.process.state;

/// A token in the moment that it was made, the only one in which its text is known. Immutable.
///
/// @param record what was stored
/// @param text the bearer token
public record IssuedToken(TokenRecord record, String text) {
    /// Without the secret, so that a log line cannot give it away.
    @Override
    public String toString() {
        return "IssuedToken[" + record.id() + "]";
    }
}
