package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.fuse.kernel.FuseConnection;
import org.salvusfs.daemon.fuse.kernel.UnixSocket;
import org.salvusfs.daemon.handover.Conversation;
import org.salvusfs.daemon.handover.Conversation.Said;
import org.salvusfs.daemon.handover.Conversation.Word;
import org.salvusfs.daemon.handover.GoneException;
import org.salvusfs.daemon.handover.HandOver;
import org.salvusfs.daemon.handover.HandOverFile;
import org.salvusfs.daemon.management.DaemonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The new daemon's part of a hand-over. Used once, by one thread. */
final class Successor {
  private static final Logger log = LoggerFactory.getLogger(Successor.class);
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(30);

  /** How long the old daemon may take to finish what is under way and to commit. */
  private static final Duration STATE_PATIENCE = Duration.ofMinutes(3);

  private static final Duration YOURS_PATIENCE = Duration.ofSeconds(30);

  private final DaemonConfig config;
  private final Layout layout;
  private final Consumer<String> progress;
  private final Surroundings surroundings;

  Successor(DaemonConfig config, Consumer<String> progress, Surroundings surroundings) {
    this.config = config;
    this.layout = Layout.of(config.data());
    this.progress = progress;
    this.surroundings = surroundings;
  }

  /** Takes the mount over from the daemon that runs; the projects can be used on return. */
  DaemonProcess takeOver() throws DaemonException, InterruptedException {
    ClusterKeys.read(layout.clusterKey(), config.passphraseFile()); // refuses what cannot be used
    try (var talk = meet()) {
      talk.say(Word.READY, Integer.toString(HandOver.VERSION));
      progress.accept("waiting for the running daemon to hand over");
      Said said = talk.expect(Word.STATE, STATE_PATIENCE);
      return serve(talk, said.descriptor());
    } catch (IOException e) {
      throw new DaemonException.Failed("there was no hand-over: " + e.getMessage(), e);
    }
  }

  private Conversation meet() throws IOException, DaemonException {
    Files.deleteIfExists(layout.handOverSocket());
    try (var listening = UnixSocket.listen(layout.handOverSocket())) {
      ControlClient.of(layout).requestHandOver();
      return new Conversation(listening.accept(CONNECT_PATIENCE));
    } finally {
      Files.deleteIfExists(layout.handOverSocket());
    }
  }

  private DaemonProcess serve(Conversation talk, int descriptor)
      throws IOException, DaemonException, InterruptedException {
    try {
      HandOver state = HandOverFile.read(layout.handOver());
      var connection =
          FuseConnection.ofDescriptor(descriptor, state.mountPoint(), state.negotiated());
      var inheritance = new Inheritance(state, connection, () -> awaitConsent(talk));
      var process = DaemonProcess.start(config, progress, surroundings, Optional.of(inheritance));
      Files.deleteIfExists(layout.handOver());
      return process;
    } catch (IOException | DaemonException | RuntimeException e) {
      try {
        talk.say(Word.FAILED, String.valueOf(e.getMessage()));
      } catch (IOException gone) {
        e.addSuppressed(gone);
      }
      throw e;
    }
  }

  /** Nobody else serves if the old daemon says so or has been killed. */
  private static void awaitConsent(Conversation talk) throws IOException {
    try {
      talk.say(Word.TAKEN, "");
      talk.expect(Word.YOURS, YOURS_PATIENCE);
    } catch (GoneException e) {
      log.warn("the old daemon ended before it said so", e);
    }
  }
}
