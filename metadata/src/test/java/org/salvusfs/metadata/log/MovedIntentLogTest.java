package org.salvusfs.metadata.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.sim.SimulatedMetadata;

class MovedIntentLogTest {
  @RegisterExtension static final Muted MUTED = new Muted(MovedIntentLog.class);

  private final ProjectId project = new ProjectId(new UUID(11, 12));
  private final HeadStore heads = new SimulatedMetadata().heads();
  private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
  private long epoch;

  @BeforeEach
  void createHead() throws IOException {
    heads.create(project, Openings.ROOT, 0);
  }

  /** The project's log in a new epoch. */
  private IntentLog open(Durability durability) throws IOException {
    var seen = Objects.requireNonNull(heads.read(project));
    epoch = seen.epoch() + 1;
    var fence = new Fence(project, epoch, Openings.HOST, UUID.randomUUID());
    heads.acquire(seen, fence);
    var directory = HostLogDirectory.open(disk, HostLogs.SMALL, new Random(epoch)::nextLong);
    var host = new HostIntentLog(directory, new XorCodec(), fence);
    var quorum = new QuorumIntentLog(heads, new XorCodec(), fence);
    return switch (durability) {
      case HOST -> new MovedIntentLog(host, quorum);
      case QUORUM -> new MovedIntentLog(quorum, host);
    };
  }

  private static List<String> texts(List<IntentLog.Entry> entries) {
    return entries.stream().map(entry -> new String(entry.payload(), UTF_8)).toList();
  }

  @Test
  void recover_afterTheLogHasMoved_givesWhatTheFormerHomeHas_untilItIsRetired() throws IOException {
    var expected = new ArrayList<String>();
    for (Durability to :
        List.of(Durability.HOST, Durability.QUORUM, Durability.HOST, Durability.QUORUM)) {
      IntentLog log = open(to);
      assertEquals(expected, texts(log.recover(Txgs.base(epoch - 1))), "moved to " + to);
      assertEquals(expected, texts(log.peek(Txgs.base(epoch - 1))));
      long recovered = Txgs.base(epoch) + 1;
      log.retire(recovered);
      assertEquals(List.of(), texts(log.peek(0)), "both homes are empty before anything is logged");
      expected.clear();
      for (int i = 0; i < 5; i++) {
        String text = to + " " + i;
        log.append(recovered + 1, text.getBytes(UTF_8));
        expected.add(text);
      }
      log.retire(recovered); // a later commit that does not cover them
      log.close();
    }
  }

  @Test
  void recover_crashBeforeTheReplayWasCommitted_givesTheSameAgain() throws IOException {
    IntentLog host = open(Durability.HOST);
    host.recover(0);
    host.append(Txgs.base(1) + 1, "acknowledged".getBytes(UTF_8));
    for (int again = 0; again < 3; again++) {
      assertEquals(List.of("acknowledged"), texts(open(Durability.QUORUM).recover(0)));
    }
    assertEquals(List.of("acknowledged"), texts(open(Durability.HOST).recover(0)));
  }

  @Test
  void recover_anotherHostLoggedElsewhereSince_givesOnlyTheLaterEpochs() throws IOException {
    IntentLog host = open(Durability.HOST);
    host.recover(0);
    host.append(Txgs.base(1) + 1, "unseen".getBytes(UTF_8));
    var seen = Objects.requireNonNull(heads.read(project));
    var other = new Fence(project, seen.epoch() + 1, new UUID(5, 5), new UUID(5, 6));
    heads.acquire(seen, other);
    new QuorumIntentLog(heads, new XorCodec(), other)
        .append(Txgs.base(other.epoch()) + 1, "later".getBytes(UTF_8));
    assertEquals(List.of("later"), texts(open(Durability.HOST).recover(0)));
  }
}
