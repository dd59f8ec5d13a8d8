package org.salvusfs.daemon.fuse.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnixSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path directory = Path.of("");

  @Test
  void messages_arriveWhole_withTheirDescriptor_atAPathOfAnyLength() throws Exception {
    Path path = Files.createDirectories(directory.resolve("x".repeat(200))).resolve("socket");
    Path file = Files.writeString(directory.resolve("file"), "text");
    try (var listening = UnixSocket.listen(path);
        var one = UnixSocket.connect(path);
        var other = listening.accept(PATIENCE)) {
      assertEquals(ProcessHandle.current().pid(), one.peerPid());
      int fd = Libc.open(file.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
      one.send("first".getBytes(UTF_8), fd);
      one.send("second".getBytes(UTF_8), UnixSocket.NONE);
      Libc.close(fd);

      UnixSocket.Message first = other.receive(PATIENCE);
      assertArrayEquals("first".getBytes(UTF_8), first.bytes());
      assertNotEquals(UnixSocket.NONE, first.descriptor());
      assertEquals("text", Files.readString(Path.of("/proc/self/fd/" + first.descriptor())));
      Libc.close(first.descriptor());
      UnixSocket.Message second = other.receive(PATIENCE);
      assertArrayEquals("second".getBytes(UTF_8), second.bytes());
      assertEquals(UnixSocket.NONE, second.descriptor());
    }
  }

  @Test
  void receive_ofNothing_timesOut_andOfAnEndedOne_isClosed() throws Exception {
    UnixSocket.Pair pair = UnixSocket.pair();
    try (var one = pair.one()) {
      assertThrows(SocketTimeoutException.class, () -> one.receive(Duration.ofMillis(1)));
      pair.other().close();
      assertThrows(ClosedChannelException.class, () -> one.receive(PATIENCE));
      assertThrows(ClosedChannelException.class, () -> one.send(new byte[] {1}, UnixSocket.NONE));
    }
  }
}
