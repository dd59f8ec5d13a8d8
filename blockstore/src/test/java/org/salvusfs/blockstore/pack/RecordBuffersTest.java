package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.blockstore.disk.DiskFile;

class RecordBuffersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 1500, 4095, 4096, 5596, 2 << 20})
  void take_whateverTheLength_beginsAtABlockAndHoldsThatMuch(int bytes) {
    var buffers = new RecordBuffers(bytes);
    for (int i = 0; i < 20; i++) {
      ByteBuffer buffer = buffers.take(bytes);
      assertEquals(bytes, buffer.remaining());
      assertEquals(0, buffer.alignmentOffset(0, DiskFile.BLOCK_BYTES));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1500})
  void take_afterGivingBack_isTheSameMemoryAnew(int length) {
    var buffers = new RecordBuffers(1500);
    ByteBuffer first = buffers.take(1500).put(0, (byte) 7);
    first.position(9);
    buffers.giveBack(first);
    ByteBuffer again = buffers.take(length);
    assertEquals(7, again.get(0));
    assertEquals(length, again.remaining());
  }
}
