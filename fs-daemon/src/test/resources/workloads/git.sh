#!/bin/bash
# Clones a repository of at least 5,000 files, checks it, changes it, commits.
set -euo pipefail
home=$1 scratch=$2
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
if [ ! -d "$scratch/source.git" ]; then
  mkdir -p "$scratch/source"
  # The files of the system serve as a source tree.
  find /usr/include /usr/share /usr/lib/python3* -xdev -type f -size -200k -readable -print0 > "$scratch/all" || true
  head -z -n 5500 "$scratch/all" | tar -C / --null -T - -cf - 2>/dev/null | tar -C "$scratch/source" -xf -
  cd "$scratch/source"
  git init -q
  git ls-files -o -z | xargs -0 -n 1500 sh -c 'git add -- "$@" && git commit -q -m "$# files"' sh
  git clone -q --bare . "$scratch/source.git"
fi
files=$(git -C "$scratch/source.git" ls-tree -r --name-only HEAD | wc -l)
[ "$files" -ge 5000 ] || { echo "the source repository has only $files files"; exit 1; }
cd "$home"
git clone -q "$scratch/source.git" clone
cd clone
git fsck --full 2>&1 | { grep -v -E '^(dangling|notice)' || true; }
[ -z "$(git status --porcelain)" ] || { git status --short | head; exit 1; }
git ls-files -z > "$scratch/names"
head -z -n 200 "$scratch/names" | while read -r -d '' f; do echo "changed" >> "$f"; done
[ "$(git status --porcelain | wc -l)" = 200 ]
git commit -q -a -m changed
git gc -q
git fsck --full
[ -z "$(git status --porcelain)" ]
