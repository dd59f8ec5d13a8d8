package org.salvusfs.daemon.wiring;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.datadir.SmallFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon leaves to the next, as JSON. Nothing breaks without it, so what fails is logged and
 * not thrown.
 */
record KeptFile<T>(Path path, Class<T> type) {
  private static final Logger log = LoggerFactory.getLogger(KeptFile.class);

  /** What was left; empty if there is nothing that can be read. */
  Optional<T> read() {
    try {
      return Optional.ofNullable(Json.read(Files.readString(path), type));
    } catch (NoSuchFileException e) {
      log.debug("{} is not there yet", path, e);
    } catch (JsonProcessingException e) {
      log.warn("{} is damaged and begun anew: {}", path, e.getOriginalMessage());
    } catch (IOException e) {
      log.warn("{} cannot be read and is begun anew: {}", path, e.toString());
    }
    return Optional.empty();
  }

  /** Replaces it, durably. */
  void write(T value) {
    try {
      SmallFile.write(path, Json.line(value) + "\n");
    } catch (IOException e) {
      log.warn(
          "{} cannot be written: after a restart the one before holds ({})", path, e.toString());
    }
  }
}
