@NullMarked
package org.salvusfs.metadata.garbage;

import org.jspecify.annotations.NullMarked;
