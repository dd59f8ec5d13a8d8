/**
 * Which snapshots are made of a project by themselves, when, and which of them stay; how much all
 * of them may hold. Pure functions: the daemon makes, counts and deletes.
 */
@NullMarked
package org.salvusfs.quota.retention;

import org.jspecify.annotations.NullMarked;
