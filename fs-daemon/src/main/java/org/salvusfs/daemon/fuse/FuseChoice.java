package org.salvusfs.daemon.fuse;

import java.util.Locale;

/** Which binding somebody wants. */
public enum FuseChoice {
  /** The best that there is. */
  AUTO,
  KERNEL,
  JNR;

  /** What to write instead of anything else. */
  public static final String EXPECTED = "write auto, kernel or jnr";

  /**
   * The choice that a word stands for.
   *
   * @throws IllegalArgumentException saying what is expected instead
   */
  public static FuseChoice of(String word) {
    for (FuseChoice choice : values()) {
      if (choice.word().equals(word)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(EXPECTED);
  }

  /** The word for users. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The binding that is taken. The kernel's needs nothing else, and is the fastest. */
  public FuseBinding binding() {
    return switch (this) {
      case AUTO, KERNEL -> FuseBinding.KERNEL;
      case JNR -> FuseBinding.JNR;
    };
  }
}
