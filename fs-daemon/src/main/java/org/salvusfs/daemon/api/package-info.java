/**
 * The management API: HTTP and JSON, served by Vert.x, described by {@code openapi.yaml} in this
 * package, which a test compares with the code both ways. The commands are clients of it like
 * everybody else. Paths begin with the version of the API ({@code /v1}); what one version says does
 * not change, but fields and operations are added. {@code /metrics} is where Prometheus expects it.
 *
 * <p>{@link org.salvusfs.daemon.api.Routes} is the table of what there is; {@link
 * org.salvusfs.daemon.api.Dispatcher} leads a request to its row: token, path, scope, body, and
 * then the row's handler, whose exceptions become RFC 9457 problems.
 *
 * <p>Threads: Vert.x has one event loop here, which parses and never waits. Handlers wait for the
 * daemon and therefore run on the executor that the wiring hands in, as do jobs. Locks are leaves:
 * nobody calls out while holding one. The daemon does not know the API.
 *
 * <p>Who asks shows a bearer token: the daemon's own, new at every start, which the owner of the
 * data directory can read, or one of {@link org.salvusfs.daemon.api.Tokens}, of which only hashes
 * are kept. Without TLS only loopback addresses are listened on.
 */
@NullMarked
package org.salvusfs.daemon.api;

import org.jspecify.annotations.NullMarked;
