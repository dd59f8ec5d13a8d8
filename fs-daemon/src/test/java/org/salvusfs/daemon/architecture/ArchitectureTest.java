package org.salvusfs.daemon.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;

/** The arrows of ARCHITECTURE.md: who may use whom, and what may appear where. */
@AnalyzeClasses(
    packages = "org.salvusfs",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
final class ArchitectureTest {
  /** Leaves out the other modules' tests, which a packaging build hands over as jars. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String BLOCKSTORE = "org.salvusfs.blockstore..";
  private static final String METADATA = "org.salvusfs.metadata..";
  private static final String QUOTA = "org.salvusfs.quota..";
  private static final String REPLICATION = "org.salvusfs.replication..";
  private static final String DAEMON = "org.salvusfs.daemon..";
  private static final String WIRING = "org.salvusfs.daemon.wiring..";

  /** Its threads read /dev/fuse; no simulation drives it. */
  private static final String KERNEL_BINDING = "org.salvusfs.daemon.fuse.kernel..";

  /** Looks at local files as java.nio.file cannot. */
  private static final String POSIX = "org.salvusfs.daemon.posix..";

  /** Writes past the page cache, which java.nio cannot. */
  private static final String DISKS = "org.salvusfs.blockstore.disk..";

  /** Its threads wait in libfuse2; no simulation drives it. */
  private static final String JNR_BINDING = "org.salvusfs.daemon.fuse.jnr..";

  /** Waits for a process of the operating system; no simulation drives it. */
  private static final String LOCAL_CASSANDRA = "org.salvusfs.metadata.localcassandra..";

  private static final String CLI = "org.salvusfs.daemon.cli..";

  @ArchTest
  static final ArchRule blockstore_usesNoOtherModule =
      mayNotUse(BLOCKSTORE, METADATA, QUOTA, REPLICATION, DAEMON);

  @ArchTest
  static final ArchRule metadata_usesOnlyBlockstore =
      mayNotUse(METADATA, QUOTA, REPLICATION, DAEMON);

  @ArchTest
  static final ArchRule quota_usesOnlyMetadata = mayNotUse(QUOTA, BLOCKSTORE, REPLICATION, DAEMON);

  @ArchTest
  static final ArchRule replication_usesOnlyMetadataAndBlockstore =
      mayNotUse(REPLICATION, QUOTA, DAEMON);

  @ArchTest
  static final ArchRule nobody_usesWiringButTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackages(WIRING, CLI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(WIRING);

  @ArchTest
  static final ArchRule cqlDriver_onlyInCassandraRooms =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.salvusfs.metadata..cassandra..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.datastax.oss..");

  @ArchTest
  static final ArchRule foreignMemory_onlyWhereLinuxIsSpokenTo =
      noClasses()
          .that()
          .resideOutsideOfPackages(KERNEL_BINDING, POSIX, DISKS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.lang.foreign..");

  @ArchTest
  static final ArchRule jnr_onlyInItsBinding =
      noClasses()
          .that()
          .resideOutsideOfPackage(JNR_BINDING)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jnr..", "ru.serce.jnrfuse..", "com.kenai.jffi..");

  @ArchTest
  static final ArchRule bindings_areChosenInWiringOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(WIRING, JNR_BINDING)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(JNR_BINDING);

  @ArchTest
  static final ArchRule netty_onlyInNettyRooms =
      noClasses()
          .that()
          .resideOutsideOfPackages("..netty..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..");

  @ArchTest
  static final ArchRule vertx_onlyInTheApi =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.salvusfs.daemon.api..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx..");

  @ArchTest
  static final ArchRule awsSdk_onlyInBuckets =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.salvusfs.daemon.bucket..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule client_knowsNothingOfTheServer =
      noClasses()
          .that()
          .resideInAnyPackage("org.salvusfs.daemon.control..", CLI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.salvusfs.daemon.api..");

  @ArchTest
  static final ArchRule clocksThreadsAndRandomness_areMadeInWiringOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(WIRING, KERNEL_BINDING, JNR_BINDING, LOCAL_CASSANDRA)
          .should()
          .accessTargetWhere(isSourceOfTimeThreadsOrChance());

  private static ArchRule mayNotUse(String module, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .orShould()
        .dependOnClassesThat(resideInAPackage("org.salvusfs.hub.."));
  }

  /** Owner → members; {@code <init>} is a constructor. */
  private static final Map<String, Set<String>> SOURCES =
      Map.of(
          "java.lang.System", Set.of("currentTimeMillis", "nanoTime"),
          "java.lang.Thread",
              Set.of("<init>", "sleep", "ofPlatform", "ofVirtual", "startVirtualThread"),
          "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system"),
          "java.time.Instant", Set.of("now"),
          "java.util.Random", Set.of("<init>"),
          "java.util.UUID", Set.of("randomUUID"),
          "java.security.SecureRandom", Set.of("<init>"),
          "java.util.concurrent.ThreadLocalRandom", Set.of("current"),
          "java.util.concurrent.Executors",
              Set.of(
                  "newCachedThreadPool",
                  "newFixedThreadPool",
                  "newScheduledThreadPool",
                  "newSingleThreadExecutor",
                  "newVirtualThreadPerTaskExecutor",
                  "newThreadPerTaskExecutor"));

  private static DescribedPredicate<JavaAccess<?>> isSourceOfTimeThreadsOrChance() {
    return describe(
        "a clock, thread or source of randomness made on the spot",
        access -> {
          AccessTarget target = access.getTarget();
          return SOURCES
              .getOrDefault(target.getOwner().getFullName(), Set.of())
              .contains(target.getName());
        });
  }
}
