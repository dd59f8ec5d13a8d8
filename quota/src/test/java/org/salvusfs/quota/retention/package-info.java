/** Tests of which automatic snapshots are made and stay. */
@NullMarked
package org.salvusfs.quota.retention;

import org.jspecify.annotations.NullMarked;
