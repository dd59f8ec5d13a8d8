package org.salvusfs.daemon.proof;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.fuse.kernel.UnixSocket;
import org.salvusfs.daemon.handover.Conversation;

/**
 * A process that asks a daemon to hand over, as a new daemon would, and goes away as if it had been
 * killed when it has got the mount.
 *
 * <p>Arguments: the data directory, and the version of the hand-over that it says it understands.
 * The last line it prints is what the daemon said.
 */
final class Deserter {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Deserter() {}

  public static void main(String[] args) throws Exception {
    var layout = Layout.of(Path.of(args[0]));
    try (var listening = UnixSocket.listen(layout.handOverSocket())) {
      ControlClient.of(layout).requestHandOver();
      var talk = new Conversation(listening.accept(PATIENCE));
      Files.delete(layout.handOverSocket());
      talk.say(Conversation.Word.READY, args[1]);
      var said = talk.hear(PATIENCE);
      System.out.println(said.word() + " " + said.text());
      System.out.flush();
    }
    Runtime.getRuntime().halt(0);
  }
}
