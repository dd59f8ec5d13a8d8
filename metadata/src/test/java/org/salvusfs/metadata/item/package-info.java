@NullMarked
package org.salvusfs.metadata.item;

import org.jspecify.annotations.NullMarked;
