/**
 * The hub and the compute layer. Holds nothing yet: they will talk to daemons over the management
 * API only.
 */
@NullMarked
package org.salvusfs.hub;

import org.jspecify.annotations.NullMarked;
