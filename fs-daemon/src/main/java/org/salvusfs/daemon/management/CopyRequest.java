package org.salvusfs.daemon.management;

import java.util.Optional;

/**
 * What is to be copied into a project.
 *
 * @param from id or name of the project that has it
 * @param snapshot of that project; empty: as it is now
 * @param path of the file or directory, from that project's top; empty: all of it
 * @param to where it shall be, from the target's top; if that is empty or ends with a slash, in
 *     that directory, under the name that it has
 * @param replace whether what has the name already gives way
 */
public record CopyRequest(
    String from, Optional<String> snapshot, String path, String to, boolean replace) {}
