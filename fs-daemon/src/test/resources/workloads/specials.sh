#!/bin/bash
# Hard links, symlinks, extended attributes, sockets, fifos, device nodes, locks, exchange, odd names.
set -euo pipefail
cd "$1"
echo text > a; ln a b; [ "$(stat -c %h a)" = 2 ]; rm a; [ "$(cat b)" = text ]
ln -s b link; [ "$(cat link)" = text ]; ln -s missing dangling; [ "$(readlink dangling)" = missing ]
mkfifo fifo; { echo through > fifo & }; [ "$(cat fifo)" = through ]; wait
mknod null c 1 3; [ "$(stat -c '%t %T' null)" = "1 3" ]
mknod block b 7 99; [ "$(stat -c %F block)" = "block special file" ]
python3 - <<'P'
import ctypes, fcntl, os, socket
s = socket.socket(socket.AF_UNIX); s.bind("socket"); s.listen()
c = socket.socket(socket.AF_UNIX); c.connect("socket")
os.setxattr("b", "user.a", b"1"); os.setxattr("b", "user.big", b"x" * 3000); os.setxattr("b", "user.a", b"2")
assert os.getxattr("b", "user.a") == b"2" and len(os.getxattr("b", "user.big")) == 3000
assert sorted(os.listxattr("b")) == ["user.a", "user.big"]
os.removexattr("b", "user.a")
try:
    os.getxattr("b", "user.a"); raise SystemExit("a removed attribute is there")
except OSError as e:
    assert e.errno == 61
f = open("b", "r+"); fcntl.flock(f, fcntl.LOCK_EX)
g = open("b", "r+")
try:
    fcntl.flock(g, fcntl.LOCK_EX | fcntl.LOCK_NB); raise SystemExit("two exclusive locks")
except BlockingIOError:
    pass
fcntl.flock(f, fcntl.LOCK_UN); fcntl.flock(g, fcntl.LOCK_EX)
open("x", "w").write("x"); open("y", "w").write("y")
libc = ctypes.CDLL(None, use_errno=True)
assert libc.renameat2(-100, b"x", -100, b"y", 2) == 0
assert open("x").read() == "y" and open("y").read() == "x"
assert libc.renameat2(-100, b"x", -100, b"y", 1) == -1 and ctypes.get_errno() == 17
held = open("held", "w+"); held.write("still"); held.flush(); os.unlink("held"); held.seek(0)
assert held.read() == "still" and os.fstat(held.fileno()).st_nlink == 0
name = bytes(range(1, 47)) + bytes(range(48, 256))
open(name, "w").close(); assert name in os.listdir(b".")
open("n" * 255, "w").close()
try:
    open("n" * 256, "w"); raise SystemExit("a name of 256 bytes")
except OSError as e:
    assert e.errno == 36
P
