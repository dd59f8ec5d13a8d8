package org.salvusfs.daemon.control;

import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ExportReport;
import org.salvusfs.daemon.management.ManagedExports;
import org.salvusfs.daemon.management.SentBytes;

/** What a command can ask, as far as it is about exports. */
record ExportClient(Connection daemon) implements ManagedExports {
  /**
   * {@inheritDoc}
   *
   * @throws DaemonException.Obstructed if {@code out} fails, with its reason
   * @throws DaemonException.Failed also if what came is not what was sent
   */
  @Override
  public ExportReport export(String project, Optional<String> snapshot, OutputStream out)
      throws DaemonException {
    var of = ControlClient.path(project);
    var path =
        snapshot.map(name -> of + "/snapshots/" + Connection.encoded(name)).orElse(of) + "/export";
    return fetch(daemon, path, Map.of(), out, ExportReport.class);
  }

  /**
   * Downloads what has a report behind it.
   *
   * @throws DaemonException as {@link #export} does
   */
  static <T extends SentBytes> T fetch(
      Connection daemon, String path, Map<String, String> headers, OutputStream out, Class<T> type)
      throws DaemonException {
    var digest = ExportReport.newDigest();
    long[] bytes = {0};
    var report =
        daemon.download(
            path,
            headers,
            (part, count) -> {
              write(out, part, count);
              digest.update(part, 0, count);
              bytes[0] += count;
            },
            type);
    var sha256 = HexFormat.of().formatHex(digest.digest());
    if (report.bytes() != bytes[0] || !report.sha256().equals(sha256)) {
      throw new DaemonException.Failed(
          "%d bytes came, SHA-256 %s, where the daemon sent %d, %s; export again"
              .formatted(bytes[0], sha256, report.bytes(), report.sha256()));
    }
    return report;
  }

  private static void write(OutputStream out, byte[] part, int count) throws DaemonException {
    try {
      out.write(part, 0, count);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          "what is exported cannot be written: " + e.getMessage(), e);
    }
  }
}
