package org.salvusfs.daemon.fuse.jnr;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.fuse.FuseMountContract;
import org.salvusfs.daemon.fuse.MountFixture;
import org.salvusfs.daemon.fuse.Posix;
import org.salvusfs.daemon.fuse.Shell;
import org.salvusfs.daemon.fuse.kernel.MountException;

/** Paths and nodes, hidden files, and the end of a mount on libfuse2. */
@Timeout(120)
final class JnrServerIT extends FuseMountContract {
  @RegisterExtension final JnrMountExtension mount = new JnrMountExtension();

  @Override
  protected MountFixture<?> fixture() {
    return mount;
  }

  @Override
  protected void verifyAfterLoad(FuseMount server) throws Exception {
    server.unmount();
    assertEquals(0, fs.lookupCount());
    assertEquals(0, fs.openCount());
  }

  @Test
  void unmount_afterUse_givesEverythingBack() throws Exception {
    JnrServer server = mount.mount(fs);
    Shell.run(
        mount.directory(),
        "mkdir -p a/b/c; seq 300 | sed 's,^,a/b/c/f,' | xargs touch; ls -lR > /dev/null;"
            + " mv a/b x; ln x/c/f1 hard; rm x/c/f2; ! cat missing/f; ! cat hard/f");
    server.unmount();
    assertEquals(0, fs.lookupCount());
    assertEquals(0, fs.openCount());
    assertEquals(1, fs.destroyedCount());
    assertEquals(0, server.size());
    server.unmount();
    assertEquals(1, fs.destroyedCount());
  }

  @Test
  void unmount_whileFileIsOpen_cutsTheConnection() throws Exception {
    JnrServer server = mount.mount(fs);
    int fd = Posix.open(at("f"), Posix.O_CREAT | Posix.O_RDWR, 0644);
    Posix.unlink(at("f"));
    server.unmount();
    assertThrows(Posix.Failed.class, () -> Posix.pwrite(fd, new byte[] {1}, 0));
    assertThrows(Posix.Failed.class, () -> Posix.close(fd), "its flush");
    assertEquals(1, fs.destroyedCount());
  }

  @Test
  void mount_withWritebackCache_isRefused() {
    var options = JnrMountExtension.options().withCaches(false, true);
    MountException e = assertThrows(MountException.class, () -> mount.mount(fs, options));
    assertTrue(String.valueOf(e.getMessage()).contains("needs the kernel binding"));
  }

  @Test
  void load_whereLibfuse2IsMissing_saysWhatToInstall() {
    MountException e = assertThrows(MountException.class, () -> LibFuse2.load("libnotfuse.so.2"));
    assertTrue(String.valueOf(e.getMessage()).contains("apt-get install libfuse2"));
  }

  @Test
  void unlink_openFile_goesWithItsLastClose() throws Exception {
    JnrServer server = mount.mount(fs);
    int one = Posix.open(at("f"), Posix.O_CREAT | Posix.O_RDWR, 0644);
    int two = Posix.open(at("f"), Posix.O_RDWR, 0);
    Posix.unlink(at("f"));
    assertEquals("", Shell.run(mount.directory(), "ls -A"));
    Posix.close(one);
    assertEquals(3, Posix.pwrite(two, new byte[] {1, 2, 3}, 0));
    assertEquals(2, fs.inodeCount());
    Posix.close(two);
    server.unmount(); // close(2) does not wait for the kernel's RELEASE
    assertEquals(1, fs.inodeCount());
  }

  @Test
  void unlink_openFileWithTwoNames_leavesTheOther() throws Exception {
    mount.mount(fs);
    int fd = Posix.open(at("f"), Posix.O_CREAT | Posix.O_RDWR, 0644);
    Posix.link(at("f"), at("g"));
    Posix.unlink(at("f"));
    assertEquals(1, Posix.stat(at("g")).nlink());
    assertEquals(
        "1\n",
        Shell.run(
            mount.directory(),
            "stat -L -c %h /proc/" + ProcessHandle.current().pid() + "/fd/" + fd));
    Posix.close(fd);
    assertTrue(Files.exists(at("g")));
  }

  @Test
  void rename_openFileToAHiddenName_isARename() throws Exception {
    mount.mount(fs);
    String like = ".fuse_hidden0000000100000001";
    int fd = Posix.open(at("f"), Posix.O_CREAT | Posix.O_RDWR, 0644);
    Posix.rename(at("f"), at(like));
    Posix.close(fd);
    assertEquals(like + "\n", Shell.run(mount.directory(), "ls -A"));
    Posix.rename(Files.writeString(at("new"), "new"), at(like));
    assertEquals("new", Files.readString(at(like)));
  }

  @Test
  void rename_overOpenFile_isOneRename() throws Exception {
    var renaming =
        new MemoryFileSystem(JnrServerIT::now) {
          @Override
          public void unlink(Caller caller, long parent, byte[] name) {
            throw new IllegalStateException("not by unlinking");
          }
        };
    mount.mount(renaming);
    Files.writeString(at("old"), "old");
    Files.writeString(at("new"), "new");
    int fd = Posix.open(at("old"), Posix.O_RDONLY, 0);
    Posix.rename(at("new"), at("old"));
    assertEquals("new", Files.readString(at("old")));
    assertEquals("old", new String(Posix.pread(fd, 10, 0), UTF_8));
    assertEquals("old\n", Shell.run(mount.directory(), "ls -A"));
    Posix.close(fd);
  }

  @Test
  void rename_ofDirectories_changesWhatPathsMean() throws Exception {
    mount.mount(fs);
    Shell.run(
        mount.directory(),
        """
        mkdir -p a/b/c other/b/c; echo one > a/b/c/f; echo two > other/b/c/f; cat a/b/c/f
        mv a x; mv other a
        test "$(cat a/b/c/f) $(cat x/b/c/f)" = 'two one'
        rm -r a; mkdir -p a/b; test ! -e a/b/c; echo three > a/b/c
        test "$(cat a/b/c)" = three
        """);
  }

  @Test
  void directories_moreThanAreRemembered_areFound() throws Exception {
    mount.mount(fs);
    assertEquals(
        "5000\n",
        Shell.run(
            mount.directory(),
            "seq 5000 | xargs mkdir; for d in $(seq 5000); do : > $d/f; done; find . -type f | wc -l"));
  }

  @Test
  void names_thatAreNoUtf8_workInTheMiddleOfPaths() throws Exception {
    mount.mount(fs);
    Shell.run(
        mount.directory(),
        "d=$(printf 'a\\377\\200b'); mkdir \"$d\"; echo x > \"$d/$d\"; mv \"$d/$d\" \"$d/f\";"
            + " ln -s \"$d\" s; test \"$(cat s/f)\" = x; test \"$(readlink s)\" = \"$d\"");
  }

  @Test
  void write_throughOneName_isReadThroughTheOther() throws Exception {
    mount.mount(fs);
    Files.writeString(at("a"), "first");
    Posix.link(at("a"), at("b"));
    assertEquals("first", Files.readString(at("b")));
    Files.writeString(at("a"), "other");
    assertEquals("other", Files.readString(at("b")));
    Files.writeString(at("b"), "longer than that");
    assertEquals(16, Posix.stat(at("a")).size());
    assertEquals("longer than that", Files.readString(at("a")));
  }
}
