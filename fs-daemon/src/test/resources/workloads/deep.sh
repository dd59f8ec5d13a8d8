#!/bin/bash
# 500 directories inside each other, moved as a whole and removed; a directory cannot move into itself.
set -euo pipefail
cd "$1"
python3 - <<'P'
import os
top = os.getcwd()
for i in range(500):
    os.mkdir("a-directory-name-of-some-length")
    os.chdir("a-directory-name-of-some-length")
open("bottom", "w").write("here")
os.chdir(top)
os.rename("a-directory-name-of-some-length", "renamed")
try:
    os.rename("renamed", "renamed/a-directory-name-of-some-length/x")
    raise SystemExit("a directory moved into itself")
except OSError as e:
    assert e.errno == 22, e
for i in range(500):
    os.chdir("renamed" if i == 0 else "a-directory-name-of-some-length")
assert open("bottom").read() == "here"
P
rm -rf renamed
[ -z "$(ls -A)" ]
