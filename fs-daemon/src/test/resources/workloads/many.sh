#!/bin/bash
# 200,000 files in one directory: created, listed, found, removed.
set -euo pipefail
cd "$1"
mkdir many
python3 - <<'P'
import os
for i in range(200000):
    os.close(os.open(f"many/file-{i:06d}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
names = os.listdir("many")
assert len(names) == 200000 and len(set(names)) == 200000
assert sum(1 for e in os.scandir("many") if e.is_file()) == 200000
assert os.path.exists("many/file-123456") and not os.path.exists("many/file-200000")
P
[ "$(ls -U many | wc -l)" = 200000 ]
rm -rf many
[ -z "$(ls -A)" ]
