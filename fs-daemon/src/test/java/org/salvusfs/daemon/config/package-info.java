/** Tests of the configuration file. */
@NullMarked
package org.salvusfs.daemon.config;

import org.jspecify.annotations.NullMarked;
