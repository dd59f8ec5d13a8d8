/**
 * Objects in a bucket of an S3-compatible server: the only room that knows the AWS SDK, which is
 * loaded when the first bucket is opened.
 *
 * <p>What fails is an {@link java.io.IOException} whose message is a clause for the operator: what
 * the server said or that it does not answer, and what to do. It holds no credentials, and neither
 * does anything that is logged: only the server's error codes are repeated, not its messages.
 *
 * <p>An object is put whole or not at all, and is there, durably, on return. Requests that meet a
 * server that is busy or away are repeated a few times within seconds. No threads of its own.
 */
@NullMarked
package org.salvusfs.daemon.bucket;

import org.jspecify.annotations.NullMarked;
