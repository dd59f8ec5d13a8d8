package org.salvusfs.daemon.fuse.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.salvusfs.daemon.posix.Native;

/**
 * Makes another thread's read(2) of the device return EINTR, without a request and without closing
 * anything: a signal whose handler does nothing.
 *
 * <p>The handler must be a function that a signal may call; one of Java's may not, so it is glibc's
 * {@code abs}, which takes the signal's number and changes nothing. It is installed without
 * SA_RESTART, and no other part of the virtual machine uses the signal.
 *
 * @see "signal(7), tgkill(2)"
 */
final class WakeUp {
  /** A real-time signal; Java's own are SIGUSR2 and SIGRTMAX - 2. */
  private static final int SIGNAL = 64 - 5;

  /** sizeof(struct sigaction) of glibc on the 64-bit machines; the handler comes first. */
  private static final int SIGACTION_BYTES = 152;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle GETTID =
      LINKER.downcallHandle(symbol("gettid"), FunctionDescriptor.of(INT));
  private static final MethodHandle GETPID =
      LINKER.downcallHandle(symbol("getpid"), FunctionDescriptor.of(INT));
  private static final MethodHandle TGKILL =
      LINKER.downcallHandle(symbol("tgkill"), FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle SIGACTION =
      LINKER.downcallHandle(
          symbol("sigaction"),
          FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

  private WakeUp() {}

  /** Makes {@link #wake} harmless to whom it reaches; to be called before. */
  static void install() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment action = arena.allocate(SIGACTION_BYTES, 8);
      action.set(ValueLayout.ADDRESS, 0, symbol("abs"));
      if ((int) SIGACTION.invokeExact(SIGNAL, action, MemorySegment.NULL) != 0) {
        throw new IllegalStateException("signal " + SIGNAL + " takes no handler");
      }
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** The calling platform thread, as the kernel numbers it. */
  static int currentThread() {
    try {
      return (int) GETTID.invokeExact();
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** Interrupts the system call of a thread of this process; nothing if it is in none or ended. */
  static void wake(int thread) {
    try {
      int process = (int) GETPID.invokeExact();
      int _ = (int) TGKILL.invokeExact(process, thread, SIGNAL);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }
}
