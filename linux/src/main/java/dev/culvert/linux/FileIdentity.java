package dev.culvert.linux;

/// What makes two descriptors the same file: its device and its inode. Immutable.
///
/// For a network namespace this is its identity for as long as something keeps it alive.
public record FileIdentity(long device, long inode) {}
