#!/bin/bash
# A 6 GiB file that is almost all hole: size, place, contents around and beyond 4 GiB, holes found, punched, copied.
set -euo pipefail
cd "$1"
truncate -s 6G big
printf 'start' | dd of=big conv=notrunc status=none
printf 'middle' | dd of=big bs=1 seek=4294967290 conv=notrunc status=none
printf 'end' | dd of=big bs=1 seek=6442450941 conv=notrunc status=none
[ "$(stat -c %s big)" = 6442450944 ]
[ "$(stat -c %b big)" -le 64 ]
[ "$(dd if=big bs=1 skip=4294967290 count=6 status=none)" = middle ]
[ "$(tail -c 3 big)" = end ]
python3 - <<'P'
import os
fd = os.open("big", os.O_RDWR)
data = os.lseek(fd, 1 << 20, os.SEEK_DATA)
assert 4294967290 - 65536 <= data <= 4294967290, data
assert os.lseek(fd, 0, os.SEEK_HOLE) <= 65536
assert os.pread(fd, 4096, 3 << 30) == bytes(4096)
P
fallocate -p -o 0 -l 65536 big
[ "$(head -c 5 big | tr '\0' 0)" = 00000 ]
cp --sparse=always big copy
python3 - <<'P'
import os
big, copy = os.open("big", os.O_RDONLY), os.open("copy", os.O_RDONLY)
assert os.fstat(big).st_size == os.fstat(copy).st_size
at = 0
while True:
    try:
        at = os.lseek(big, at, os.SEEK_DATA)
    except OSError:
        break
    assert os.pread(big, 65536, at) == os.pread(copy, 65536, at), at
    at += 65536
P
