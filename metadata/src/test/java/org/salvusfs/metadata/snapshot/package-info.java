/** Tests of clones and of differences. */
@NullMarked
package org.salvusfs.metadata.snapshot;

import org.jspecify.annotations.NullMarked;
