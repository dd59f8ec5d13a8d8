package org.salvusfs.daemon.posix;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** How functions of libc are called, and what their failures mean. Thread-safe. */
public final class Native {
  /** Where a call leaves errno; one per thread. */
  public static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle STRERROR = function("strerror", POINTER, ValueLayout.JAVA_INT);
  private static final int MESSAGE_BYTES_MAX = 256;

  private Native() {}

  /** A function of libc that returns a result and leaves errno. */
  public static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  /**
   * The same for one that takes any number of arguments.
   *
   * @param fixed how many of them it always takes
   */
  public static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  /** What the last failed call left in a segment of {@link #CALL_STATE}. */
  public static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** The system's words for a positive error number. */
  public static String message(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      var text = (MemorySegment) STRERROR.invokeExact(arena.allocate(CALL_STATE), errno);
      return text.reinterpret(MESSAGE_BYTES_MAX).getString(0);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** A downcall throws nothing but errors of the virtual machine. */
  public static RuntimeException unexpected(Throwable t) {
    if (t instanceof Error e) {
      throw e;
    }
    return new IllegalStateException(t);
  }
}
