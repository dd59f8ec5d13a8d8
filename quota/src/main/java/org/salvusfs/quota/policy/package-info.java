/**
 * Limits as people write and read them: sizes, spans of time, and rules that make a limit from what
 * is in use. Pure functions.
 */
@NullMarked
package org.salvusfs.quota.policy;

import org.jspecify.annotations.NullMarked;
