package org.salvusfs.metadata.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Keeps classes quiet whose complaints a test class provokes by the hundred. */
public final class Muted implements BeforeAllCallback, AfterAllCallback {
  private final List<Class<?>> classes;

  public Muted(Class<?>... classes) {
    this.classes = List.of(classes);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    setLevel(null);
  }

  private void setLevel(@Nullable Level level) {
    classes.forEach(type -> ((Logger) LoggerFactory.getLogger(type)).setLevel(level));
  }
}
