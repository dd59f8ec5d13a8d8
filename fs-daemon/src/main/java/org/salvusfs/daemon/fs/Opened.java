package org.salvusfs.daemon.fs;

/** The result of creating and opening a file at once. */
public record Opened(Attr attr, long handle) {}
