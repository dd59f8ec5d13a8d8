package org.salvusfs.daemon.wiring;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon's log on disk: {@code daemon.log}, and compressed older parts beside it. Begins when the
 * data directory is known to be ours, so that a refused start leaves no trace; therefore it is not
 * in {@code logback.xml}, which sends warnings to standard error.
 */
final class LogFile implements AutoCloseable {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level [%thread] %logger: %msg%n";
  private static final long PART_BYTES_MAX = 32L << 20;
  private static final long ALL_BYTES_MAX = 512L << 20;
  private static final int DAYS_MAX = 30;

  private final RollingFileAppender<ILoggingEvent> appender;
  private final ch.qos.logback.classic.Logger root;

  private LogFile(RollingFileAppender<ILoggingEvent> appender, ch.qos.logback.classic.Logger root) {
    this.appender = appender;
    this.root = root;
  }

  /** Begins to log into a directory, which is made. */
  static LogFile into(Path directory) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var appender = new RollingFileAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setFile(directory.resolve("daemon.log").toString());

    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(LINE);
    encoder.start();
    appender.setEncoder(encoder);

    var rolling = new SizeAndTimeBasedRollingPolicy<ILoggingEvent>();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(directory.resolve("daemon.%d.%i.log.gz").toString());
    rolling.setMaxFileSize(new FileSize(PART_BYTES_MAX));
    rolling.setTotalSizeCap(new FileSize(ALL_BYTES_MAX));
    rolling.setMaxHistory(DAYS_MAX);
    rolling.start();
    appender.setRollingPolicy(rolling);
    appender.start();

    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    return new LogFile(appender, root);
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    appender.stop();
  }
}
