package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.ChunkStore;

/**
 * A {@link Depot} that holds backups of one cluster: packs with all blocks, one manifest for each
 * backup, a header, and the key file if the operator wants it there. Of one thread; a second writer
 * is refused.
 */
public final class Target implements AutoCloseable {
  /** The key file, as it is in a data directory. */
  static final String KEY = "cluster.key";

  /** Keys of projects that have one of their own. */
  static final String PROJECT_KEYS = "project-keys";

  /** What all packs are in. */
  static final String PACKS = "packs";

  private static final String HEADER = "salvus-backup";
  private static final Pattern MANIFEST = Pattern.compile("manifest-[0-9a-f]{8}\\.smf");
  private static final int RADIX = 16;

  /** What may lie in a place that is taken for an empty one. */
  private static final Set<String> NOTHING =
      Set.of("lost+found", HEADER + DirectoryDepot.UNFINISHED, BucketDepot.WRITER);

  private final Depot depot;
  private final TargetHeader header;
  private final ChunkStore packs;
  private final Depot.Claim claim;
  private boolean isSealed;

  private Target(Depot depot, TargetHeader header, ChunkStore packs, Depot.Claim claim) {
    this.depot = depot;
    this.header = header;
    this.packs = packs;
    this.claim = claim;
  }

  /** What the header of a target says; empty if nothing is there. */
  static Optional<TargetHeader> look(Depot depot) throws TargetException {
    try {
      List<String> present = depot.list();
      if (present.contains(HEADER)) {
        return Optional.of(header(depot));
      }
      Optional<String> other = present.stream().filter(name -> !NOTHING.contains(name)).findFirst();
      if (other.isPresent()) {
        throw new TargetException(
            "%s holds other things than backups (%s); give an empty place"
                .formatted(depot.name(), other.get()));
      }
      return Optional.empty();
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  /** What the header says of a target that is there. */
  static TargetHeader require(Depot depot) throws TargetException {
    return look(depot)
        .orElseThrow(() -> new TargetException("there is no backup in " + depot.name()));
  }

  private static TargetHeader header(Depot depot) throws IOException {
    byte[] text = depot.get(HEADER);
    try {
      return TargetHeader.parse(new String(text, UTF_8));
    } catch (IOException e) {
      throw new TargetException(
          "%s cannot be used (%s); back up to another target, or mend it"
              .formatted(depot.where(HEADER), e.getMessage()),
          e);
    }
  }

  /**
   * Opens a target to be written, or makes one of an empty place.
   *
   * @param wanted what its header shall say
   * @param keyText the key file, if that is to be there
   */
  static Target openOrMake(Depot depot, TargetHeader wanted, Optional<String> keyText)
      throws TargetException {
    Optional<TargetHeader> present = look(depot);
    try {
      Depot.Claim claim = depot.claim();
      try {
        if (present.isEmpty()) {
          write(depot, new TargetHeader(wanted.keyCheck(), false));
        }
        if (keyText.isPresent()) {
          depot.putSecret(KEY, keyText.get());
        }
        write(depot, wanted);
        if (!wanted.hasKey()) {
          depot.delete(KEY);
        }
        return new Target(depot, wanted, depot.openPacks(), claim);
      } catch (IOException e) {
        throw closing(claim, e);
      }
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  private static void write(Depot depot, TargetHeader header) throws IOException {
    depot.put(HEADER, header.text().getBytes(UTF_8));
  }

  private static IOException closing(Depot.Claim claim, IOException failure) {
    try {
      claim.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  /**
   * Opens a target to be read.
   *
   * @throws TargetException also if it is none
   */
  static Target open(Depot depot) throws TargetException {
    TargetHeader header = require(depot);
    try {
      return new Target(depot, header, depot.openPacks(), () -> {});
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  String name() {
    return depot.name();
  }

  TargetHeader header() {
    return header;
  }

  Blocks blocks() {
    return new TargetBlocks(depot.name(), packs);
  }

  /** Refuses a target whose blocks are sealed under another key. */
  static void requireKey(Depot depot, TargetHeader header, byte[] keyCheck) throws TargetException {
    if (!MessageDigest.isEqual(header.keyCheck(), keyCheck)) {
      throw new TargetException(
          "%s holds backups of a cluster with another key; nothing was changed"
              .formatted(depot.name()));
    }
  }

  /** The key file that lies on a target. */
  static String key(Depot depot) throws TargetException {
    try {
      return new String(depot.get(KEY), UTF_8);
    } catch (NoSuchFileException e) {
      throw new TargetException(
          "%s is not there, although the target says so; give the key file of the cluster with --key FILE"
              .formatted(depot.where(KEY)),
          e);
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  /** The keys of projects that lie on the target; none if there is no such file. */
  ProjectKeys projectKeys() throws TargetException {
    try {
      if (!depot.list().contains(PROJECT_KEYS)) {
        return new ProjectKeys(Map.of());
      }
      return ProjectKeys.parse(new String(depot.get(PROJECT_KEYS), UTF_8));
    } catch (IOException e) {
      throw new TargetException(
          "%s cannot be used (%s); put a good copy in its place, or delete it: then everything is restored but projects with a key of their own"
              .formatted(depot.where(PROJECT_KEYS), e.getMessage()),
          e);
    }
  }

  /** Leaves these keys of projects on the target and no others. */
  void replaceProjectKeys(ProjectKeys keys) throws TargetException {
    try {
      if (!keys.wrapped().isEmpty()) {
        depot.putSecret(PROJECT_KEYS, keys.text());
      } else if (depot.list().contains(PROJECT_KEYS)) {
        depot.delete(PROJECT_KEYS);
      }
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  /** A manifest and the name of its file. */
  record Named(String file, Manifest manifest) {}

  /**
   * The last complete backup, with all packs that it needs; empty before the first. Asked before a
   * target is opened, which would take a pack that was cut for one that was not finished.
   *
   * @throws TargetException also if a pack is gone or has another length
   */
  static Optional<Named> latest(Depot depot, BlockCodec codec) throws TargetException {
    try {
      List<String> names = manifests(depot);
      if (names.isEmpty()) {
        return Optional.empty();
      }
      byte[] file = depot.get(names.getLast());
      Manifest manifest = decode(depot.where(names.getLast()), file, codec);
      requirePacks(depot, manifest);
      return Optional.of(new Named(names.getLast(), manifest));
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  private static Manifest decode(String where, byte[] file, BlockCodec codec)
      throws TargetException {
    try {
      return Manifest.decode(file, codec);
    } catch (IOException e) {
      throw new TargetException(
          "%s is damaged (%s); if it is moved away, the backup before it counts"
              .formatted(where, e.getMessage()),
          e);
    }
  }

  private static List<String> manifests(Depot depot) throws IOException {
    return depot.list().stream().filter(name -> MANIFEST.matcher(name).matches()).toList();
  }

  private static void requirePacks(Depot depot, Manifest manifest) throws IOException {
    Map<String, Long> present = depot.packs();
    for (var pack : manifest.packs().entrySet()) {
      long bytes = present.getOrDefault(pack.getKey(), 0L);
      if (bytes != pack.getValue()) {
        throw new TargetException(
            "%s is damaged: it has %d bytes, and had %d when the backup was made; put a good copy in its place, or back up to another target"
                .formatted(depot.where(PACKS + "/" + pack.getKey()), bytes, pack.getValue()));
      }
    }
  }

  /** Seals the packs: no more blocks can be put or read. Returns their lengths by name. */
  Map<String, Long> seal() throws TargetException {
    try {
      sealPacks();
      return depot.packs();
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  private void sealPacks() throws IOException {
    if (!isSealed) {
      isSealed = true;
      packs.close();
    }
  }

  /** Writes the next manifest, behind everything else; returns the name of its file. */
  String add(Manifest manifest, BlockCodec codec) throws TargetException {
    try {
      List<String> names = manifests(depot);
      int number = names.isEmpty() ? 1 : number(names.getLast()) + 1;
      String name = "manifest-%08x.smf".formatted(number);
      depot.put(name, manifest.encode(codec));
      return name;
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }

  private static int number(String manifest) {
    return Integer.parseUnsignedInt(
        manifest, manifest.indexOf('-') + 1, manifest.indexOf('.'), RADIX);
  }

  /** The sentence for a target that does not take or give what it is asked for. */
  static TargetException failed(String name, IOException e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof TargetException done) {
        return done; // perhaps packs have passed it on
      }
    }
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return new TargetException(
        "the target %s failed (%s); see to it and run this again: it goes on, and backups that are complete are unharmed"
            .formatted(name, reason),
        e);
  }

  /** Syncs and seals what was put, and lets others write. Idempotent. */
  @Override
  public void close() throws TargetException {
    try (claim) {
      sealPacks();
    } catch (IOException e) {
      throw failed(depot.name(), e);
    }
  }
}
