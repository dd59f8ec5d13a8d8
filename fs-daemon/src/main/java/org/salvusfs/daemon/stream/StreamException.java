package org.salvusfs.daemon.stream;

import java.io.IOException;
import java.io.Serial;

/**
 * A stream cannot be read: it is damaged, or something else, or sealed under another key. The
 * message is a sentence for the person who has it.
 */
public final class StreamException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  StreamException(String message) {
    super(message);
  }

  StreamException(String message, Throwable cause) {
    super(message, cause);
  }

  static StreamException damaged(String how) {
    return new StreamException(
        "the stream is damaged: %s; nothing of it was taken over".formatted(how));
  }

  static StreamException damaged(String how, Throwable cause) {
    return new StreamException(
        "the stream is damaged: %s; nothing of it was taken over".formatted(how), cause);
  }
}
