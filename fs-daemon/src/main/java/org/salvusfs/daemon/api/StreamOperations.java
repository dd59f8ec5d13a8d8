package org.salvusfs.daemon.api;

import java.util.Optional;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.daemon.control.StreamKeys;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedStreams;
import org.salvusfs.daemon.management.StreamWish;

/** What is about snapshots on their way between projects. */
record StreamOperations(ManagedStreams streams) {
  private static final String STREAM = "application/octet-stream";
  private static final String SINCE = "since";
  private static final String SKIP = "skip";
  private static final String AS = "as";

  Reply export(Call call) throws ProblemException {
    call.allow(SINCE, SKIP);
    var wish =
        new StreamWish(
            call.project(),
            call.word("snapshot"),
            call.parameter(SINCE),
            call.longNumber(SKIP, 0, 0, Long.MAX_VALUE));
    var key = key(call);
    return new Reply.Download(STREAM, out -> streams.export(wish, key, out));
  }

  Reply receive(Call call) throws ProblemException, DaemonException {
    call.allow(AS);
    return Answer.ok(streams.receive(call.parameter(AS), key(call), call.file()));
  }

  private static Optional<ClusterKey> key(Call call) throws ProblemException {
    var shown = call.headers().get(StreamKeys.HEADER);
    if (shown == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(StreamKeys.parse(shown));
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid(
          StreamKeys.HEADER, "the header is no key: it has 64 hexadecimal digits");
    }
  }
}
