#!/bin/bash
# Shared mappings written, synced and read back, also through read(2) and after growing.
set -euo pipefail
cd "$1"
python3 - <<'P'
import mmap, os
with open("m", "w+b") as f:
    f.truncate(1 << 20)
    with mmap.mmap(f.fileno(), 1 << 20) as m:
        for i in range(0, 1 << 20, 4096):
            m[i:i + 8] = i.to_bytes(8, "big")
        m.flush()
    f.seek(40960)
    assert int.from_bytes(f.read(8), "big") == 40960
    f.truncate(2 << 20)
    with mmap.mmap(f.fileno(), 2 << 20) as m:
        assert m[4096:4104] == (4096).to_bytes(8, "big")
        assert m[(1 << 20) + 5] == 0
        m[-1:] = b"z"
with open("m", "rb") as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as m:
    assert m[-1:] == b"z" and len(m) == 2 << 20
P
