package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.fuse.kernel.UnixSocket;
import org.salvusfs.daemon.handover.Conversation;
import org.salvusfs.daemon.handover.Conversation.Word;
import org.salvusfs.daemon.handover.HandOver;
import org.salvusfs.daemon.handover.HandOverFile;
import org.salvusfs.daemon.management.DaemonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The old daemon's part of a hand-over. Used once, by one thread. */
final class Predecessor {
  private static final Logger log = LoggerFactory.getLogger(Predecessor.class);
  private static final Duration READY_PATIENCE = Duration.ofSeconds(30);

  /** How long the new daemon may take to open everything; meanwhile the mount waits. */
  private static final Duration TAKE_PATIENCE = Duration.ofMinutes(2);

  private static final Duration END_PATIENCE = Duration.ofSeconds(30);

  /**
   * What has become of it.
   *
   * @param isStillServing nothing has changed
   * @param inheritance otherwise: the mount that nobody serves; empty if the new daemon does
   */
  record Outcome(boolean isStillServing, Optional<Inheritance> inheritance) {}

  private final Layout layout;
  private final Daemon daemon;
  private final Consumer<String> progress;

  Predecessor(DaemonConfig config, Daemon daemon, Consumer<String> progress) {
    this.layout = Layout.of(config.data());
    this.daemon = daemon;
    this.progress = progress;
  }

  /** Tells the new daemon that there will be no hand-over. */
  static void refuse(DaemonConfig config, String reason) {
    try (var talk = connect(Layout.of(config.data()))) {
      talk.say(Word.FAILED, "the daemon does not hand over: " + reason);
    } catch (IOException e) {
      log.warn("a hand-over was refused ({}), but nobody hears it", reason, e);
    }
  }

  private static Conversation connect(Layout layout) throws IOException {
    return new Conversation(UnixSocket.connect(layout.handOverSocket()));
  }

  /** Gives the mount to the process that listens, if there is one and it can serve. */
  Outcome handOver() throws InterruptedException {
    try (var talk = connect(layout)) {
      Inheritance left;
      try {
        requireVersion(talk.expect(Word.READY, READY_PATIENCE).text());
        progress.accept("handing over to process " + talk.peerPid());
        left = daemon.pause();
      } catch (IOException | DaemonException e) {
        log.warn("this daemon does not hand over", e);
        apologize(talk, e);
        return new Outcome(true, Optional.empty());
      }
      return giveAway(talk, left);
    } catch (IOException e) {
      log.warn("whoever wanted to take over cannot be reached", e);
      return new Outcome(true, Optional.empty());
    }
  }

  private static void requireVersion(String understood) throws IOException {
    if (!understood.equals(Integer.toString(HandOver.VERSION))) {
      throw new IOException(
          "the new daemon understands hand-overs of version %s, and this one gives version %d; stop and start instead"
              .formatted(understood, HandOver.VERSION));
    }
  }

  private Outcome giveAway(Conversation talk, Inheritance left) throws InterruptedException {
    try {
      daemon.close();
      HandOverFile.write(layout.handOver(), left.state());
      talk.say(Word.STATE, layout.handOver().toString(), left.connection().descriptor());
      talk.expect(Word.TAKEN, TAKE_PATIENCE);
      talk.say(Word.YOURS, "");
      left.connection().close();
      log.info("the mount is served by process {}", talk.peerPid());
      return new Outcome(false, Optional.empty());
    } catch (IOException | DaemonException | RuntimeException e) {
      log.error("the new daemon does not serve the mount; this one goes on", e);
      apologize(talk, e);
      awaitEndOfSuccessor(talk);
      deleteState();
      return new Outcome(false, Optional.of(left));
    }
  }

  private static void apologize(Conversation talk, Exception reason) {
    try {
      talk.say(Word.FAILED, "the daemon does not hand over: " + reason.getMessage());
    } catch (IOException gone) {
      log.debug("nobody is left to hear why", gone);
    }
  }

  /** It must let go of the data directory; if it does not, it is killed. */
  private static void awaitEndOfSuccessor(Conversation talk) throws InterruptedException {
    try {
      Optional<ProcessHandle> successor = ProcessHandle.of(talk.peerPid());
      if (successor.isPresent()) {
        var end = successor.get().onExit();
        try {
          end.get(END_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          log.warn("process {} does not end and is killed", successor.get().pid(), e);
          successor.get().destroyForcibly();
          end.get();
        }
      }
    } catch (IOException | ExecutionException e) {
      log.warn("whether the new daemon has ended is unknown", e);
    }
  }

  private void deleteState() {
    try {
      Files.deleteIfExists(layout.handOver());
    } catch (IOException e) {
      log.warn("{} stays; it is of no use", layout.handOver(), e);
    }
  }
}
