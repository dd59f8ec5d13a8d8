package org.salvusfs.daemon.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.salvusfs.daemon.fuse.kernel.UnixSocket;

/**
 * One end of the conversation in which a mount changes hands. A message is a word and, behind a
 * space, text: READY the version of the hand-over that is understood, FAILED the reason in one
 * sentence, the others nothing. Used by one thread at a time.
 */
public final class Conversation implements Closeable {
  /** The words, in the order in which they are said. */
  public enum Word {
    /** New: I could start; give me this version. */
    READY,
    /** Old: everything is closed, here is the device, the rest is in the file. */
    STATE,
    /** New: I could serve now. */
    TAKEN,
    /** Old: do. */
    YOURS,
    /** Either: I cannot go on. */
    FAILED
  }

  /**
   * What the other end said.
   *
   * @param descriptor of the device, with STATE; the receiver's to close
   */
  public record Said(Word word, String text, int descriptor) {}

  private final UnixSocket socket;

  public Conversation(UnixSocket socket) {
    this.socket = socket;
  }

  /** The process at the other end. */
  public long peerPid() throws IOException {
    return socket.peerPid();
  }

  public void say(Word word, String text) throws IOException {
    say(word, text, UnixSocket.NONE);
  }

  /**
   * Says something and hands a descriptor over.
   *
   * @throws GoneException if the other end has ended
   */
  public void say(Word word, String text, int descriptor) throws IOException {
    try {
      socket.send((word + " " + text).getBytes(UTF_8), descriptor);
    } catch (ClosedChannelException e) {
      throw new GoneException(e);
    }
  }

  /**
   * Waits for the other end to say something.
   *
   * @throws GoneException if it has ended
   * @throws IOException if it says nothing in time, or what is no word
   */
  public Said hear(Duration patience) throws IOException {
    UnixSocket.Message message;
    try {
      message = socket.receive(patience);
    } catch (ClosedChannelException e) {
      throw new GoneException(e);
    }
    String text = new String(message.bytes(), UTF_8);
    int space = text.indexOf(' ');
    for (Word word : Word.values()) {
      if (space > 0 && word.name().equals(text.substring(0, space))) {
        return new Said(word, text.substring(space + 1), message.descriptor());
      }
    }
    throw new IOException("the other daemon said what this version does not know: " + text);
  }

  /** Waits for a certain word; if it is FAILED instead, the exception has its reason. */
  public Said expect(Word expected, Duration patience) throws IOException {
    Said said = hear(patience);
    if (said.word() == expected) {
      return said;
    }
    throw new IOException(
        said.word() == Word.FAILED ? said.text() : "the other daemon said " + said.word());
  }

  @Override
  public void close() {
    socket.close();
  }
}
