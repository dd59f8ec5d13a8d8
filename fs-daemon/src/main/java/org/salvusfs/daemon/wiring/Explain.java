package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.salvusfs.blockstore.api.KeyFileException;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.MetadataException;

/** Turns what the modules throw into a sentence for the person who asked. */
final class Explain {
  private Explain() {}

  /** Why the daemon could not start. */
  static DaemonException start(IOException e) {
    return switch (e) {
      case MetadataException.Unavailable away ->
          new DaemonException.Unavailable(sentence(away), away);
      case KeyFileException key -> new DaemonException.Obstructed(keySentence(key), key);
      case AccessDeniedException denied ->
          new DaemonException.Obstructed(
              "no permission for " + denied.getFile() + "; run as the owner of the data directory",
              denied);
      case FileSystemException disk ->
          new DaemonException.Obstructed(
              disk.getFile() + " cannot be used (" + disk.getReason() + ")", disk);
      default -> new DaemonException.Obstructed(sentence(e), e);
    };
  }

  /** Why there can be no mount; its sentence without the full stop. */
  static DaemonException mount(MountException e) {
    var sentence = String.valueOf(e.getMessage());
    return new DaemonException.Obstructed(
        sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence, e);
  }

  /** Why the daemon could not do what it was asked. */
  static DaemonException request(String what, IOException e) {
    return e instanceof MetadataException.Unavailable
        ? new DaemonException.Unavailable(what + ": " + sentence(e), e)
        : new DaemonException.Failed(what + " failed: " + sentence(e), e);
  }

  private static String keySentence(KeyFileException e) {
    return switch (e.reason()) {
      case PASSPHRASE_NEEDED -> sentence(e) + "; give its file with --passphrase-file";
      case MISSING, EXISTS, EXPOSED, DAMAGED, NEWER, WRONG_PASSPHRASE -> sentence(e);
    };
  }

  private static String sentence(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
