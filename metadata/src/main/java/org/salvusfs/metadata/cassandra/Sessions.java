package org.salvusfs.metadata.cassandra;

import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.CONNECTION_POOL_LOCAL_SIZE;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.HEARTBEAT_INTERVAL;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.HEARTBEAT_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.METADATA_SCHEMA_WINDOW;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_UNIT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.NETTY_ADMIN_SIZE;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.NETTY_IO_SIZE;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.PROTOCOL_VERSION;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.RECONNECTION_BASE_DELAY;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.RECONNECTION_MAX_DELAY;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.REQUEST_CONSISTENCY;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.REQUEST_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.SESSION_NAME;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.SPECULATIVE_EXECUTION_POLICY_CLASS;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultProtocolVersion;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens driver sessions. All settings are here: no configuration file is read. Reconnecting is
 * quick, because the whole project waits for it; a statement is not idempotent unless it says so,
 * so that the driver repeats no lightweight transaction.
 */
final class Sessions {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * How long the driver waits for more schema events before it reads the schema: each one costs it.
   */
  private static final Duration SCHEMA_WINDOW = Duration.ofMillis(10);

  private Sessions() {}

  static CqlSession open(CassandraMetadata.Options options) {
    var config =
        DriverConfigLoader.programmaticBuilder()
            .withString(SESSION_NAME, "salvus")
            .withDuration(REQUEST_TIMEOUT, options.requestTimeout())
            .withString(REQUEST_CONSISTENCY, ConsistencyLevel.LOCAL_QUORUM.name())
            .withString(REQUEST_SERIAL_CONSISTENCY, ConsistencyLevel.LOCAL_SERIAL.name())
            .withBoolean(REQUEST_DEFAULT_IDEMPOTENCE, false)
            .withString(SPECULATIVE_EXECUTION_POLICY_CLASS, "NoSpeculativeExecutionPolicy")
            .withDuration(CONNECTION_CONNECT_TIMEOUT, CONNECT_TIMEOUT)
            .withDuration(CONNECTION_INIT_QUERY_TIMEOUT, CONNECT_TIMEOUT)
            .withDuration(CONTROL_CONNECTION_TIMEOUT, CONNECT_TIMEOUT)
            .withDuration(HEARTBEAT_INTERVAL, Duration.ofSeconds(10))
            .withDuration(HEARTBEAT_TIMEOUT, CONNECT_TIMEOUT)
            .withDuration(RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
            .withDuration(RECONNECTION_MAX_DELAY, Duration.ofSeconds(1))
            .withString(PROTOCOL_VERSION, DefaultProtocolVersion.V5.name())
            .withDuration(METADATA_SCHEMA_WINDOW, SCHEMA_WINDOW)
            .withInt(CONNECTION_POOL_LOCAL_SIZE, 2)
            .withInt(NETTY_IO_SIZE, 2)
            .withInt(NETTY_ADMIN_SIZE, 1)
            .withInt(NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withString(NETTY_ADMIN_SHUTDOWN_UNIT, TimeUnit.MILLISECONDS.name())
            .withInt(NETTY_ADMIN_SHUTDOWN_TIMEOUT, 5000)
            .withInt(NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 100)
            .withStringList(METADATA_SCHEMA_REFRESHED_KEYSPACES, List.of(options.keyspace()))
            .build();
    return CqlSession.builder()
        .addContactPoints(options.contactPoints())
        .withLocalDatacenter(options.localDataCenter())
        .withConfigLoader(config)
        .build();
  }
}
