package org.salvusfs.daemon.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.management.StorageChange;
import org.salvusfs.metadata.api.Durability;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a project's data is kept, as commands ask for it. */
final class StorageOptions {
  @Option(
      names = "--durability",
      paramLabel = "HOME",
      description =
          "what a returned fsync survives: host or quorum (a new project: as configured; one that is open: when it is opened next)")
  private @Nullable String durability;

  @Option(
      names = "--compression",
      paramLabel = "METHOD",
      description = "of what is written from now on: lz4 (faster, the default) or zstd (smaller)")
  private @Nullable String compression;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** What was asked for. */
  StorageChange change() {
    return new StorageChange(
        choice("--durability", durability, Durability.class),
        choice("--compression", compression, Compression.class));
  }

  private <E extends Enum<E>> @Nullable E choice(
      String option, @Nullable String text, Class<E> type) {
    if (text == null) {
      return null;
    }
    try {
      return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      var words = new StringBuilder();
      for (E each : type.getEnumConstants()) {
        words.append(words.isEmpty() ? "" : " or ").append(each.name().toLowerCase(Locale.ROOT));
      }
      throw new ParameterException(
          spec.commandLine(), option + " is " + words + ", not \"" + text + "\"", e);
    }
  }
}
