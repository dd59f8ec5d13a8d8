package org.salvusfs.daemon.bucket;

import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.salvusfs.daemon.management.TargetName;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;

/**
 * An S3Proxy on the loopback interface that keeps its objects in memory, also while it is away, and
 * demands signatures. From the first one on, this process has its access key.
 */
public final class S3Server implements AutoCloseable {
  private static final String ID = "local-identity";
  private static final String SECRET = "local-credential";
  private static final String ID_PROPERTY = "aws.accessKeyId";
  private static final String SECRET_PROPERTY = "aws.secretAccessKey";

  private final TransientNio2BlobStore objects = new TransientNio2BlobStore();
  private final int port;
  private S3Proxy proxy;

  /** A server with an empty bucket. */
  public S3Server(String bucket) throws Exception {
    System.setProperty(ID_PROPERTY, ID);
    System.setProperty(SECRET_PROPERTY, SECRET);
    objects.createContainer(CreateBucketRequest.builder().bucket(bucket).build());
    proxy = started(0);
    port = proxy.getPort();
  }

  private S3Proxy started(int atPort) throws Exception {
    S3Proxy made =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:" + atPort))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ID, SECRET)
            .blobStore(objects)
            .build();
    made.start();
    return made;
  }

  /** Options of a JVM that is to have the access key. */
  public static String[] javaOptions() {
    return new String[] {"-D" + ID_PROPERTY + "=" + ID, "-D" + SECRET_PROPERTY + "=" + SECRET};
  }

  /** Until {@link #rememberSecret}: this process signs with another secret. */
  public static void forgetSecret() {
    System.setProperty(SECRET_PROPERTY, "another");
  }

  /** This process signs with the right secret. */
  public static void rememberSecret() {
    System.setProperty(SECRET_PROPERTY, SECRET);
  }

  /** A target on this server, as people write it. */
  public String text(String bucketAndPrefix) {
    return "s3://%s?endpoint=http://127.0.0.1:%d".formatted(bucketAndPrefix, port);
  }

  /** A target on this server. */
  public TargetName.Bucket name(String bucketAndPrefix) {
    return (TargetName.Bucket) TargetName.parse(text(bucketAndPrefix));
  }

  /** Does not answer from now on. */
  public void leave() throws Exception {
    proxy.stop();
  }

  /** Answers again, at the same port. */
  public void comeBack() throws Exception {
    proxy = started(port);
  }

  @Override
  public void close() throws Exception {
    proxy.stop();
  }
}
