package org.salvusfs.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.management.DaemonException;

/**
 * What {@code daemon.json} says: how to reach the daemon that serves a data directory. It is there
 * while the daemon is ready; after a kill it stays and points to nobody.
 *
 * @param pid of the daemon's process
 * @param url of the API, as this machine reaches it, without a slash at the end
 * @param certificateSha256 of the certificate that the API shows, in hex; null: there is no TLS
 * @param mount where the projects are
 */
public record DaemonFile(long pid, String url, @Nullable String certificateSha256, String mount) {
  /** The file's contents; empty if there is none. */
  public static Optional<DaemonFile> read(Layout layout) throws DaemonException {
    try {
      return Optional.of(Json.read(Files.readString(layout.daemonFile()), DaemonFile.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      throw new DaemonException.Obstructed(
          "no permission for " + e.getFile() + "; run as the owner of the data directory", e);
    } catch (JsonProcessingException e) {
      throw new DaemonException.Obstructed(
          layout.daemonFile()
              + " is damaged, or of a daemon of another version: end that one, or delete it and start the daemon again",
          e);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(layout.daemonFile() + " cannot be read (" + e + ")", e);
    }
  }

  /** Announces the daemon, durable on return. */
  public void write(Layout layout) throws IOException {
    SmallFile.write(layout.daemonFile(), Json.pretty(this) + "\n");
  }

  /** Takes the announcement back. */
  public static void delete(Layout layout) throws IOException {
    Files.deleteIfExists(layout.daemonFile());
  }
}
