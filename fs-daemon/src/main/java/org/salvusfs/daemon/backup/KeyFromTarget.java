package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.datadir.SmallFile;

/**
 * The first step of a restore where no daemon runs yet: the key of the backup becomes that of a
 * data directory that has none, so that the daemon founds its cluster with it.
 */
public final class KeyFromTarget {
  private KeyFromTarget() {}

  /**
   * Puts the key in place, durably, and notes that a restore is to follow. Repeating it is
   * harmless.
   *
   * @param elsewhere the key file if it is not on the target
   * @throws TargetException if the target is none, or has no key and there is none elsewhere, or if
   *     the data directory has another key
   */
  public static void place(Depot depot, Optional<Path> elsewhere, Layout layout)
      throws IOException {
    TargetHeader header = Target.require(depot);
    if (!header.hasKey() && elsewhere.isEmpty()) {
      throw new TargetException(
          "the key of the backup is not in %s; give the key file of the cluster with --key FILE"
              .formatted(depot.name()));
    }
    String text = elsewhere.isPresent() ? Files.readString(elsewhere.get()) : Target.key(depot);
    if (Files.exists(layout.clusterKey())) {
      if (!Files.readString(layout.clusterKey()).equals(text)) {
        throw new TargetException(
            "%s is another key than that of the backup; restore with a --data that does not exist yet"
                .formatted(layout.clusterKey()));
      }
    }
    Files.createDirectories(
        layout.directory(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    SmallFile.write(layout.clusterKey(), text);
    SmallFile.write(layout.restoring(), depot.name() + "\n");
  }
}
