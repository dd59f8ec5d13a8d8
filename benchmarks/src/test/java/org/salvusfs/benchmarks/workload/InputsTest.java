package org.salvusfs.benchmarks.workload;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.benchmarks.machine.Shell;

final class InputsTest {
  private static final Scale TINY = new Scale(0.01);

  @TempDir private Path home = Path.of("");

  @Test
  void repository_isOnePackAndGitTidiesUpNoMore() throws Exception {
    Path repository = new Inputs(home, 1, TINY).repository();
    Shell.line(repository, "test $(ls .git/objects/pack/*.pack | wc -l) = 1");
    // More loose objects than git leaves alone, were it not told otherwise.
    Shell.line(repository, "git config gc.auto 1; git config gc.autoDetach false");
    Shell.line(
        repository,
        "for i in $(seq 600); do echo $i > new$i; done; git add .; git commit -qm new;"
            + " test $(git count-objects | cut -d' ' -f1) -ge 600");
  }

  @Test
  void forgetOthers_deletesOtherSeedsAndNothingElse() throws Exception {
    Path kept = new Inputs(home, 1, TINY).tree();
    Path forgotten = new Inputs(home, 2, TINY).tree();
    Path foreign = Files.createFile(home.resolve("thesis"));
    Inputs.forgetOthers(home, List.of(new Inputs(home, 1, TINY)));
    assertTrue(Files.exists(kept));
    assertFalse(Files.exists(forgotten));
    assertTrue(Files.exists(foreign));
  }
}
