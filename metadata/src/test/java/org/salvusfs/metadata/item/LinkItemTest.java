package org.salvusfs.metadata.item;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

final class LinkItemTest {
  private static final ProjectId PROJECT = new ProjectId(new UUID(7, -9));

  @Test
  void decode_givesWhatWasEncoded() throws Exception {
    for (String path : new String[] {"", "a", "a/ü b/c"}) {
      var link = new LinkItem(PROJECT, 1000, (int) 4_000_000_000L, path);
      assertEquals(link, LinkItem.decode(link.encode()));
    }
  }

  @Test
  void decode_ofWhatIsTooShortOrTooLong_isCorrupt() {
    byte[] sound = new LinkItem(PROJECT, 1, 2, "").encode();
    for (int length = 0; length < sound.length; length++) {
      byte[] cut = Arrays.copyOf(sound, length);
      assertThrows(MetadataException.Corrupt.class, () -> LinkItem.decode(cut));
    }
    String longest = "p".repeat(4096);
    assertTrue(LinkItem.isValidPath(longest));
    assertFalse(LinkItem.isValidPath(longest + "p"));
    byte[] encoded = new LinkItem(PROJECT, 1, 2, longest + "p").encode();
    assertThrows(MetadataException.Corrupt.class, () -> LinkItem.decode(encoded));
  }
}
