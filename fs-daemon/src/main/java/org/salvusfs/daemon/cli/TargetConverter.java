package org.salvusfs.daemon.cli;

import org.salvusfs.daemon.management.TargetName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code TARGET}. */
final class TargetConverter implements ITypeConverter<TargetName> {
  @Override
  public TargetName convert(String text) {
    try {
      return TargetName.parseHere(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
