package org.salvusfs.daemon.management;

/**
 * A project that was removed for good.
 *
 * @param isKeptForClones whether tree nodes of it stay, hidden, until its clones are gone as well
 */
public record PurgedProject(String id, String name, boolean isKeptForClones) {}
