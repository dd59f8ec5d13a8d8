package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.StreamWish;
import org.salvusfs.daemon.stack.KillableProjects.OnProject;

/** What is killed while a stream is received: of the first model, or from it to the second. */
final class KillableStreams {
  private KillableStreams() {}

  /** A project that comes from another one, whose snapshots are in files. */
  abstract static class Receive extends OnProject {
    private static final String SOURCE = "sent";

    private final Path whole;
    private final Path changes;

    Receive(DevStack stack, Models models, Path scratch) {
      super(stack, models, "received");
      this.whole = scratch.resolve("whole.stream");
      this.changes = scratch.resolve("changes.stream");
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      if (Files.exists(changes)) {
        return;
      }
      client.createProject(SOURCE, Optional.empty(), Optional.empty());
      Models.put(models.one(), stack.home(SOURCE));
      client.snapshots().create(SOURCE, Optional.of("one"), "");
      export(client, "one", Optional.empty(), whole);
      Models.put(models.two(), stack.home(SOURCE));
      client.snapshots().create(SOURCE, Optional.of("two"), "");
      export(client, "two", Optional.of("one"), changes);
    }

    private static void export(
        ControlClient client, String snapshot, Optional<String> since, Path file)
        throws IOException, DaemonException {
      try (var out = Files.newOutputStream(file)) {
        var wish = new StreamWish(SOURCE, snapshot, since, 0);
        client.streams().export(wish, Optional.empty(), out);
      }
    }

    /** Once: what a killed run brought may be all of it. */
    void receiveWhole(ControlClient client) throws DaemonException {
      if (!live(client).contains(name)) {
        receive(client, whole);
      }
    }

    void receiveChanges(ControlClient client) throws DaemonException {
      receive(client, changes);
    }

    private void receive(ControlClient client, Path file) throws DaemonException {
      try (var in = Files.newInputStream(file)) {
        client.streams().receive(Optional.of(name), Optional.empty(), in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Into a project that it makes. */
  static final class ReceiveWhole extends Receive {
    ReceiveWhole(DevStack stack, Models models, Path scratch) {
      super(stack, models, scratch);
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      receiveWhole(client);
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      boolean isDone = live(client).contains(name);
      assertEquals(isDone, Files.exists(home()));
      if (isDone) {
        assertOne(home());
        assertOne(snapshot("one"));
      }
      return isDone;
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertEquals(List.of("one"), snapshots(client));
      receiveChanges(client);
      assertTrue(models.isTwo(home()), "it cannot go on from there");
    }
  }

  /** Into a project that is at the first model. */
  static final class ReceiveChanges extends Receive {
    ReceiveChanges(DevStack stack, Models models, Path scratch) {
      super(stack, models, scratch);
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      super.prepare(client);
      receiveWhole(client);
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      receiveChanges(client);
    }

    /** The home moves in one commit; the snapshot of it may be made by the next run. */
    @Override
    public boolean isDone(ControlClient client) throws Exception {
      boolean isTwo = models.isTwo(home());
      assertOne(snapshot("one"));
      boolean isDone = snapshots(client).contains("two");
      assertFalse(isDone && !isTwo, "the snapshot is there before what it is of");
      return isDone;
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertTrue(models.isTwo(home()));
      assertEquals(List.of("one", "two"), snapshots(client));
      assertOne(snapshot("one"));
      assertTrue(models.isTwo(snapshot("two")));
    }
  }
}
