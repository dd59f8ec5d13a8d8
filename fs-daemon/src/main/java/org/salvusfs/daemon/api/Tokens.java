package org.salvusfs.daemon.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.control.Messages.TokenMade;
import org.salvusfs.daemon.control.Messages.TokenStatus;
import org.salvusfs.daemon.control.Scope;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.management.DaemonException;

/**
 * Who may ask for what: the daemon's own token, and those of the file {@code tokens.json}, which
 * holds their SHA-256. Secrets are 256 random bits, so that a hash without salt or stretching tells
 * nothing about them. Thread-safe.
 */
final class Tokens {
  private static final String PREFIX = "salvus_";
  private static final int SHA256_BYTES = 32;

  private final ReentrantLock lock = new ReentrantLock();
  private final Path file;
  private final LongSupplier wallClock;
  private final Supplier<String> newSecret;
  private final byte[] own;

  /** By name; guarded by {@code lock}. */
  private final TreeMap<String, Entry> entries = new TreeMap<>();

  /**
   * A token as it stands in the file.
   *
   * @param project null: all
   * @param expires null: never
   * @param sha256 of the secret, in hex
   */
  private record Entry(
      String scope,
      @Nullable String project,
      String created,
      @Nullable String expires,
      String sha256) {
    boolean isExpired(Instant now) {
      return expires != null && !now.isBefore(Instant.parse(expires));
    }

    TokenStatus status(String name, Instant now) {
      return new TokenStatus(name, scope, project, created, expires, isExpired(now));
    }
  }

  /** The file. */
  private record Contents(Map<String, Entry> tokens) {}

  private Tokens(Path file, String own, LongSupplier wallClock, Supplier<String> newSecret) {
    this.file = file;
    this.own = hash(own);
    this.wallClock = wallClock;
    this.newSecret = newSecret;
  }

  /**
   * Those of a file, which need not be there.
   *
   * @param own the daemon's token: good for everything
   * @param wallClock nanoseconds since 1970
   * @param newSecret random text that nobody can guess
   * @throws DaemonException.Obstructed if the file is no such file
   */
  static Tokens read(Path file, String own, LongSupplier wallClock, Supplier<String> newSecret)
      throws DaemonException.Obstructed {
    var tokens = new Tokens(file, own, wallClock, newSecret);
    try {
      var contents = Json.read(Files.readString(file), Contents.class);
      if (!contents.tokens().values().stream().allMatch(Tokens::makesSense)) {
        throw new IllegalArgumentException("a token makes no sense");
      }
      tokens.entries.putAll(contents.tokens());
      return tokens;
    } catch (NoSuchFileException none) {
      return tokens;
    } catch (JsonProcessingException | RuntimeException e) {
      throw new DaemonException.Obstructed(
          file + " is damaged; mend it, or delete it and make all tokens anew", e);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(file + " cannot be read (" + e + ")", e);
    }
  }

  private static boolean makesSense(Entry entry) {
    boolean isDigest = HexFormat.of().parseHex(entry.sha256()).length == SHA256_BYTES;
    boolean isDated =
        entry.expires() == null || Instant.parse(entry.expires()).isAfter(Instant.MIN);
    return isDigest && isDated && Scope.of(entry.scope()).isPresent();
  }

  /** What a secret is good for now; empty: nothing. Takes as long for all wrong ones. */
  Optional<Grant> grant(String secret) {
    byte[] shown = hash(secret);
    Optional<Grant> grant =
        MessageDigest.isEqual(shown, own)
            ? Optional.of(new Grant(Scope.ADMIN, null))
            : Optional.empty();
    var now = now();
    lock.lock();
    try {
      for (var entry : entries.values()) {
        boolean isIt = MessageDigest.isEqual(shown, HexFormat.of().parseHex(entry.sha256()));
        if (isIt && !entry.isExpired(now)) {
          grant = Optional.of(new Grant(Scope.of(entry.scope()).orElseThrow(), entry.project()));
        }
      }
    } finally {
      lock.unlock();
    }
    return grant;
  }

  /** All of the file, by name. */
  List<TokenStatus> all() {
    var now = now();
    lock.lock();
    try {
      return entries.entrySet().stream()
          .map(named -> named.getValue().status(named.getKey(), now))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a token; it is durable on return.
   *
   * @param name empty: one is made up
   * @param project id of the only project; null: all
   * @param seconds until it expires; null: never
   * @throws DaemonException.NameTaken if another token has the name
   */
  TokenMade create(
      Optional<String> name, Scope scope, @Nullable String project, @Nullable Long seconds)
      throws DaemonException {
    var secret = PREFIX + newSecret.get();
    var now = now();
    var expires = seconds == null ? null : now.plusSeconds(seconds).toString();
    var entry =
        new Entry(
            scope.word(), project, now.toString(), expires, HexFormat.of().formatHex(hash(secret)));
    lock.lock();
    try {
      var named = name.orElseGet(() -> freeName(scope));
      if (entries.putIfAbsent(named, entry) != null) {
        throw new DaemonException.NameTaken("there is a token named \"" + named + "\" already");
      }
      try {
        write();
      } catch (DaemonException e) {
        entries.remove(named);
        throw e;
      }
      return new TokenMade(entry.status(named, now), secret);
    } finally {
      lock.unlock();
    }
  }

  private String freeName(Scope scope) {
    int number = 1;
    while (entries.containsKey(scope.word() + "-" + number)) {
      number++;
    }
    return scope.word() + "-" + number;
  }

  /** Takes a token away, durably; false if there is none of that name. */
  boolean revoke(String name) throws DaemonException {
    lock.lock();
    try {
      var removed = entries.remove(name);
      if (removed == null) {
        return false;
      }
      try {
        write();
      } catch (DaemonException e) {
        entries.put(name, removed);
        throw e;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: a later state never comes before an earlier one. */
  private void write() throws DaemonException {
    try {
      SmallFile.write(file, Json.pretty(new Contents(entries)) + "\n");
    } catch (IOException e) {
      throw new DaemonException.Failed(file + " cannot be written (" + e + ")", e);
    }
  }

  private Instant now() {
    return Instant.EPOCH
        .plus(wallClock.getAsLong(), ChronoUnit.NANOS)
        .truncatedTo(ChronoUnit.SECONDS);
  }

  private static byte[] hash(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
