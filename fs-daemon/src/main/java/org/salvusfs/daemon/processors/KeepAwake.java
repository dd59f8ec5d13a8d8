package org.salvusfs.daemon.processors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Whether idle processors are to be kept awake while the mount is busy. */
public enum KeepAwake {
  /** Where it pays most and costs least: see {@link #isWantedOn}. */
  AUTO,
  YES,
  NO;

  private static final String DRIVER = "devices/system/cpu/cpuidle/current_driver";
  private static final String POLLING_NANOS = "module/haltpoll/parameters/guest_halt_poll_ns";

  /** All idle processors poll; beyond this many they are too many to do so for one program. */
  private static final int PROCESSORS_MAX = 8;

  /**
   * Whether to keep them awake on this machine. {@code AUTO} does so in guests whose idle
   * processors halt at once, so that each wake goes through the host, and that have few of them.
   *
   * @param sys where sysfs is mounted
   * @throws IOException if it cannot be read
   */
  boolean isWantedOn(Path sys, int processors) throws IOException {
    return switch (this) {
      case YES -> true;
      case NO -> false;
      case AUTO ->
          processors <= PROCESSORS_MAX
              && content(sys.resolve(DRIVER)).equals("haltpoll")
              && content(sys.resolve(POLLING_NANOS)).equals("0");
    };
  }

  private static String content(Path file) throws IOException {
    try {
      return Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return ""; // other drivers of idle processors, or none
    }
  }
}
