package org.salvusfs.daemon.fuse.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.posix.Native;

/**
 * A program that inherits one open descriptor, which Java's own processes do not. Standard error
 * goes to a file; all other descriptors but the standard ones are closed.
 *
 * @see "posix_spawn(3)"
 */
final class Spawn {
  /** Where the program finds the descriptor. */
  private static final int INHERITED = 3;

  private static final int STANDARD_ERROR = 2;
  private static final int O_WRONLY_TRUNC = 01001;
  private static final int ACTIONS_BYTES = 256;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final java.lang.foreign.AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final MethodHandle SPAWN =
      function("posix_spawn", POINTER, POINTER, POINTER, POINTER, POINTER, POINTER);
  private static final MethodHandle INIT = function("posix_spawn_file_actions_init", POINTER);
  private static final MethodHandle DESTROY = function("posix_spawn_file_actions_destroy", POINTER);
  private static final MethodHandle DUP =
      function("posix_spawn_file_actions_adddup2", POINTER, INT, INT);
  private static final MethodHandle OPEN =
      function("posix_spawn_file_actions_addopen", POINTER, INT, POINTER, INT, INT);
  private static final MethodHandle CLOSE_FROM =
      function("posix_spawn_file_actions_addclosefrom_np", POINTER, INT);
  private static final MethodHandle WAIT = Native.function("waitpid", INT, INT, POINTER, INT);

  private final int pid;

  /**
   * Starts it.
   *
   * @param variable of its environment, to hold the number of the inherited descriptor
   * @param descriptor inherited; the caller's stays open
   * @param errors an existing file
   */
  Spawn(Path program, List<String> arguments, String variable, int descriptor, Path errors)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actions = arena.allocate(ACTIONS_BYTES, 8);
      check((int) INIT.invokeExact(actions));
      try {
        check((int) DUP.invokeExact(actions, descriptor, INHERITED));
        check(
            (int)
                OPEN.invokeExact(
                    actions,
                    STANDARD_ERROR,
                    arena.allocateFrom(errors.toString()),
                    O_WRONLY_TRUNC,
                    0));
        check((int) CLOSE_FROM.invokeExact(actions, INHERITED + 1));
        MemorySegment made = arena.allocate(INT);
        check(
            (int)
                SPAWN.invokeExact(
                    made,
                    arena.allocateFrom(program.toString()),
                    actions,
                    MemorySegment.NULL,
                    strings(arena, words(program, arguments)),
                    strings(arena, environment(variable))));
        pid = made.get(INT, 0);
      } finally {
        int _ = (int) DESTROY.invokeExact(actions);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static List<String> words(Path program, List<String> arguments) {
    var words = new ArrayList<String>();
    words.add(program.toString());
    words.addAll(arguments);
    return words;
  }

  private static List<String> environment(String variable) {
    var environment = new ArrayList<String>();
    System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
    environment.add(variable + "=" + INHERITED);
    return environment;
  }

  /** An array of C strings with a null pointer at its end. */
  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment array = arena.allocate(POINTER, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      array.setAtIndex(POINTER, i, arena.allocateFrom(strings.get(i)));
    }
    return array;
  }

  /** Waits for its end; 0 if it ended well. */
  int awaitEnd() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment status = arena.allocate(INT);
      int ended;
      do {
        ended = (int) WAIT.invokeExact(state, pid, status, 0);
      } while (ended < 0 && Native.errno(state) == Errno.EINTR.code());
      if (ended != pid) {
        throw new IOException("waitpid: " + Native.message(Native.errno(state)));
      }
      return status.get(INT, 0);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static void check(int errno) throws IOException {
    if (errno != 0) {
      throw new IOException("posix_spawn: " + Native.message(errno));
    }
  }

  private static MethodHandle function(String name, java.lang.foreign.MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(INT, arguments));
  }
}
