package org.salvusfs.daemon.bucket;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.TargetName;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** One bucket, below a prefix; names of objects are without it. Thread-safe. */
public final class Bucket implements AutoCloseable {
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  /** How long the server may be silent. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

  private static final int ATTEMPTS_MAX = 5;

  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int NOT_IMPLEMENTED = 501;

  private final TargetName.Bucket name;
  private final String prefix;
  private final Refusals refusals;
  private final S3Client client;

  private Bucket(TargetName.Bucket name, Refusals refusals, S3Client client) {
    this.name = name;
    this.prefix = name.prefix().isEmpty() ? "" : name.prefix() + "/";
    this.refusals = refusals;
    this.client = client;
  }

  /**
   * A bucket that need not be there: nothing is asked yet.
   *
   * @throws IOException if no region is known
   */
  public static Bucket open(TargetName.Bucket name) throws IOException {
    var refusals = new Refusals(name);
    var builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_MAX)
                    .socketTimeout(SILENCE_MAX))
            // Other servers than Amazon's know MD5, and not all of them checksums behind a body.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .credentialsProvider(credentials(name))
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(ATTEMPTS_MAX)
                            .build()))
            .forcePathStyle(name.isPathStyle());
    name.endpoint().ifPresent(builder::endpointOverride);
    Optional<Region> region = name.region().map(Region::of);
    if (region.isEmpty() && name.endpoint().isPresent()) {
      region = Optional.of(Region.US_EAST_1); // what servers of one region expect
    }
    region.ifPresent(builder::region);
    try {
      return new Bucket(name, refusals, builder.build());
    } catch (SdkException e) {
      throw new IOException("no region is set; add ?region=NAME to the target", e);
    }
  }

  private static AwsCredentialsProvider credentials(TargetName.Bucket name) {
    return name.profile().isPresent()
        ? ProfileCredentialsProvider.create(name.profile().get())
        : DefaultCredentialsProvider.builder().build();
  }

  /** The object's place, for messages. */
  public String where(String object) {
    return name.place() + "/" + object;
  }

  /**
   * What begins with {@code group}, in the order of names; what goes on behind a further slash is
   * one {@link StoredObject#isGroup group}.
   *
   * @param group empty, or ends in a slash
   */
  public List<StoredObject> list(String group) throws IOException {
    String begin = prefix + group;
    try {
      var objects = new ArrayList<StoredObject>();
      var pages =
          client.listObjectsV2Paginator(
              request -> request.bucket(name.bucket()).prefix(begin).delimiter("/"));
      for (var page : pages) {
        page.commonPrefixes()
            .forEach(
                found ->
                    objects.add(new StoredObject(found.prefix().substring(begin.length()), 0, "")));
        page.contents()
            .forEach(
                found ->
                    objects.add(
                        new StoredObject(
                            found.key().substring(begin.length()),
                            found.size(),
                            tag(found.eTag()))));
      }
      return objects;
    } catch (SdkException e) {
      throw refusals.explain(where(group), e);
    }
  }

  /**
   * A whole object.
   *
   * @throws NoSuchFileException if there is none
   */
  public byte[] get(String object) throws IOException {
    return get(object, Optional.empty());
  }

  /**
   * A part of an object.
   *
   * @param from the first byte
   * @param bytes at least 1, and all of them in the object
   * @throws NoSuchFileException if there is none
   */
  public byte[] get(String object, long from, int bytes) throws IOException {
    byte[] part = get(object, Optional.of("bytes=%d-%d".formatted(from, from + bytes - 1)));
    if (part.length != bytes) {
      throw new IOException(
          "%s has %d bytes at %d instead of %d".formatted(where(object), part.length, from, bytes));
    }
    return part;
  }

  private byte[] get(String object, Optional<String> range) throws IOException {
    var request = GetObjectRequest.builder().bucket(name.bucket()).key(prefix + object);
    range.ifPresent(request::range);
    try {
      return client.getObjectAsBytes(request.build()).asByteArray();
    } catch (NoSuchKeyException e) {
      throw gone(object, e);
    } catch (SdkException e) {
      throw refusals.explain(where(object), e);
    }
  }

  private IOException gone(String object, SdkException e) {
    var gone = new NoSuchFileException(where(object));
    gone.initCause(e);
    return gone;
  }

  /** Makes or replaces an object. */
  public void put(String object, byte[] contents) throws IOException {
    put(request(object, Md5.of(contents)), RequestBody.fromBytes(contents), object);
  }

  /**
   * Makes an object unless there is one of that name: of several who try at once, one succeeds, if
   * the server knows conditional requests.
   *
   * @return whether it was made, or is there with these contents already
   */
  public boolean putNew(String object, byte[] contents) throws IOException {
    return putNew(object, Md5.of(contents), RequestBody.fromBytes(contents)).isPresent();
  }

  /**
   * The same with a file's contents.
   *
   * @return the new object's tag; empty if there is another one of that name
   */
  public Optional<String> putNew(String object, Path file) throws IOException {
    return putNew(object, Md5.of(file), RequestBody.fromFile(file));
  }

  private Optional<String> putNew(String object, Md5 sum, RequestBody body) throws IOException {
    var request = request(object, sum);
    try {
      return Optional.of(
          tag(client.putObject(request.copy().ifNoneMatch("*").build(), body).eTag()));
    } catch (S3Exception e) {
      return switch (e.statusCode()) {
        // A repeated request may meet its own object.
        case CONFLICT, PRECONDITION_FAILED ->
            find(object).map(StoredObject::tag).filter(sum.hex()::equals);
        case NOT_IMPLEMENTED ->
            find(object).isPresent() ? Optional.empty() : Optional.of(put(request, body, object));
        default -> throw refusals.explain(where(object), e);
      };
    } catch (SdkException e) {
      throw refusals.explain(where(object), e);
    }
  }

  private Optional<StoredObject> find(String object) throws IOException {
    int slash = object.lastIndexOf('/') + 1;
    String last = object.substring(slash);
    return list(object.substring(0, slash)).stream()
        .filter(one -> one.name().equals(last))
        .findFirst();
  }

  private PutObjectRequest.Builder request(String object, Md5 sum) {
    return PutObjectRequest.builder()
        .bucket(name.bucket())
        .key(prefix + object)
        .contentMD5(sum.base64());
  }

  private String put(PutObjectRequest.Builder request, RequestBody body, String object)
      throws IOException {
    try {
      return tag(client.putObject(request.build(), body).eTag());
    } catch (SdkException e) {
      throw refusals.explain(where(object), e);
    }
  }

  /** Deletes an object if it is there. */
  public void delete(String object) throws IOException {
    try {
      client.deleteObject(request -> request.bucket(name.bucket()).key(prefix + object));
    } catch (SdkException e) {
      throw refusals.explain(where(object), e);
    }
  }

  /** Empty if the server says none: then nothing is known of the contents. */
  private static String tag(@Nullable String quoted) {
    return quoted == null ? "" : quoted.replace("\"", "");
  }

  @Override
  public void close() {
    client.close();
  }
}
