package org.salvusfs.daemon.management;

import java.util.List;

/**
 * A project whose limits were changed.
 *
 * @param warnings sentences about what the change means now
 */
public record LimitsSet(ProjectStatus project, List<String> warnings) {}
