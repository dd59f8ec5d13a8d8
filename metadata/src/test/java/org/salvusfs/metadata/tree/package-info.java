/** Tests of the tree, and the fakes that let other rooms' tests have one. */
@NullMarked
package org.salvusfs.metadata.tree;

import org.jspecify.annotations.NullMarked;
