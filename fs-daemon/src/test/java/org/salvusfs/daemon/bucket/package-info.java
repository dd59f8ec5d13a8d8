/** A server of the S3 protocol for tests, and tests of how it is talked to. */
@NullMarked
package org.salvusfs.daemon.bucket;

import org.jspecify.annotations.NullMarked;
