/** What every implementation of the metadata stores must do: the same suites run on all of them. */
@NullMarked
package org.salvusfs.metadata.api;

import org.jspecify.annotations.NullMarked;
