package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.ReceiveReport;
import org.salvusfs.daemon.management.StreamReport;

/** Snapshots that go from one project to another, through the commands and a real mount. */
@Tag("mount")
class StreamIT {
  private static final int REFUSED = 2;
  private static final int NAME_TAKEN = 7;
  private static final int FULL = 11;
  private static final int DIVERGED = 12;

  /** What is done between the first snapshot and the second. */
  private static final String CHANGE =
      """
      mkdir -p more/deep; head -c 3M /dev/urandom > more/deep/new; cp more/deep/new more/same
      head -c 8M /dev/urandom > big; printf x | dd of=big bs=1 seek=4000000 conv=notrunc status=none
      ln more/deep/new linked; setfattr -n user.later -v 1 linked; truncate -s 50M sparse2
      printf end >> sparse2; ln -s more/deep far2; mkfifo later
      """;

  private static final String STAT =
      "find . -printf '%p %y %m %U %G %n %l ' \\( -type d -o -printf '%s %T@' \\) -printf '\\n' | sort";

  @TempDir Path directory;
  private DevStack stack;
  private Path home;
  private Path copy;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure(
        """
        cassandra: {local: yes}
        control: {port: 0}
        gc: {period: 0s, grace: 1s, bytes-per-second: 1GiB}
        """);
    stack.start();
    home = stack.home();
    copy = home.resolveSibling("copy");
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private String run(int exit, String... words) throws Exception {
    var result = stack.run(words);
    assertEquals(exit, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }

  private StreamReport export(String state, String name, String... more) throws Exception {
    var words = new ArrayList<>(Arrays.asList(more));
    words.addAll(0, List.of("export", "--json", state, file(name).toString()));
    return new ObjectMapper().readValue(run(0, words.toArray(String[]::new)), StreamReport.class);
  }

  private ReceiveReport receive(String name, String as) throws Exception {
    var said = run(0, "receive", "--json", file(name).toString(), "--as", as);
    return new ObjectMapper().readValue(said, ReceiveReport.class);
  }

  private void snapshot(String name) throws Exception {
    run(0, "snapshot", "create", "demo", name);
  }

  private void requireSame() throws Exception {
    Trees.assertSame(home, copy, "");
    assertEquals(sh(home, STAT), sh(copy, STAT));
    assertEquals(
        sh(home, "du -s --apparent-size -B1 . | cut -f1; df --output=iused . | tail -1"),
        sh(copy, "du -s --apparent-size -B1 . | cut -f1; df --output=iused . | tail -1"));
    run(0, "check", "copy");
  }

  @Test
  void wholeStream_andTwoOfChanges_areTheSameTree_andTheSourceMayGoOn() throws Exception {
    sh(home, Trees.MAKE_EVERYTHING);
    snapshot("one");
    StreamReport whole = export("demo@one", "one", "--native");
    assertEquals(Files.size(file("one")), whole.bytes());
    ReceiveReport made = receive("one", "copy");
    assertTrue(made.isNew(), made.toString());
    assertEquals(whole.changes(), made.changes());
    requireSame();

    sh(home, CHANGE);
    snapshot("two");
    export("demo@two", "two", "--since", "one");
    sh(copy, "ls -lR > /dev/null; find . -type f -exec cat {} + > /dev/null"); // kernel's caches
    assertFalse(receive("two", "copy").isNew());
    requireSame();

    sh(home, "mv more/deep/new more/renamed; rm -r more/same linked; chmod 700 more; echo > small");
    snapshot("three");
    StreamReport third = export("demo@three", "three", "--since", "two");
    assertTrue(third.bytes() < 20_000, third.toString());
    assertEquals("three", receive("three", "copy").snapshot());
    requireSame();
    assertTrue(receive("three", "copy").wasThere());

    sh(home, "rm -rf ./*");
    var names = run(0, "snapshot", "list", "copy");
    for (String name : new String[] {"one", "two", "three"}) {
      assertTrue(names.contains(name), names);
    }
    run(0, "gc", "run");
    run(0, "check", "copy");
    sh(
        copy,
        "test -e small && test -d .snapshots/two/more/deep && cat .snapshots/two/more/same > /dev/null");
    assertFalse(run(0, "snapshot", "list", "demo").contains("under-way"), "a hold is left");
  }

  @Test
  void streamThatDoesNotFit_orIsDamaged_isRefused_andLeavesNothing() throws Exception {
    sh(home, "head -c 2M /dev/urandom > a; echo b > b");
    snapshot("one");
    export("demo@one", "one", "--native");
    byte[] stream = Files.readAllBytes(file("one"));

    // Damaged, cut, or no stream: no project appears.
    byte[] damaged = stream.clone();
    damaged[stream.length / 2] ^= 1;
    Files.write(file("damaged"), damaged);
    Files.write(file("cut"), Arrays.copyOf(stream, stream.length - 5));
    Files.writeString(file("other"), "something else");
    for (String wrong : new String[] {"damaged", "cut", "other"}) {
      var said = run(REFUSED, "receive", file(wrong).toString(), "--as", "copy");
      assertTrue(said.contains("stream"), said);
    }
    assertFalse(Files.exists(copy));
    assertTrue(run(NAME_TAKEN, "receive", file("one").toString()).contains("\"demo\" already"));
    run(3, "receive", file("none").toString());

    // Broken off and gone on with: the same bytes.
    export("demo@one", "rest", "--native", "--skip", "1000000");
    assertArrayEquals(
        Arrays.copyOfRange(stream, 1_000_000, stream.length), Files.readAllBytes(file("rest")));
    run(2, "export", "demo", file("x").toString(), "--native");
    run(2, "export", "demo@one", file("x").toString(), "--since", "one");
    run(6, "export", "demo@one", file("x").toString(), "--since", "none");

    // Changes since a snapshot that the other project has not received last.
    sh(home, "echo more >> b");
    snapshot("two");
    sh(home, "echo more >> b");
    snapshot("three");
    export("demo@two", "two", "--since", "one");
    export("demo@three", "three", "--since", "two");
    run(6, "receive", file("two").toString(), "--as", "copy");
    assertTrue(
        run(DIVERGED, "receive", file("two").toString()).contains("demo has received nothing"));
    receive("one", "copy");
    assertTrue(
        run(DIVERGED, "receive", file("three").toString(), "--as", "copy")
            .contains("changed since snapshot \"two\""));

    // A project that was changed since, and is taken back.
    sh(copy, "echo mine > c");
    var changed = run(DIVERGED, "receive", file("two").toString(), "--as", "copy");
    assertTrue(changed.contains("./salvus snapshot rollback copy one"), changed);
    assertEquals("b\nmine", sh(copy, "cat b c"));
    run(0, "snapshot", "rollback", "copy", "one");
    receive("two", "copy");
    receive("three", "copy");
    run(0, "project", "set", "copy", "--quota", "3M");
    sh(home, "head -c 2M /dev/urandom > d");
    snapshot("four");
    export("demo@four", "four", "--since", "three");
    run(FULL, "receive", file("four").toString(), "--as", "copy");
    assertEquals(sh(home, "head -3 b"), sh(copy, "cat b"));
    run(0, "check", "copy");
  }

  @Test
  void streamUnderAKeyOfItsOwn_isReadWithThatAlone_alsoThroughPipes() throws Exception {
    sh(home, "head -c 20M /dev/urandom > a");
    snapshot("one");
    var key = file("stream.key").toString();
    var command = "'" + String.join("' '", stack.command("WORDS")) + "' --data " + stack.data();
    var export = command.replace("'WORDS'", "export demo@one - --native --key-file " + key);
    var receive = command.replace("'WORDS'", "receive - --as copy --key-file " + key);
    sh(directory, "set -o pipefail; " + export + " > piped; " + receive + " < piped");
    assertEquals("600", sh(directory, "stat -c %a stream.key"));
    Trees.assertSame(home, copy, "");
    var without = run(REFUSED, "receive", file("piped").toString(), "--as", "other");
    assertTrue(without.contains("under another key"), without);
  }
}
