/** The API, tested over its wire. */
@NullMarked
package org.salvusfs.daemon.api;

import org.jspecify.annotations.NullMarked;
