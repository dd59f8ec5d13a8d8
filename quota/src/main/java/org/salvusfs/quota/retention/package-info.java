/**
 * Which snapshots are made of a project by themselves, when, and which of them stay. Pure functions
 * of times: the daemon makes and deletes.
 */
@NullMarked
package org.salvusfs.quota.retention;

import org.jspecify.annotations.NullMarked;
