#!/bin/bash
# rsync -aHAX there and back, with hard links, attributes, holes and odd names; equal in everything.
set -euo pipefail
home=$1 scratch=$2
rm -rf "$scratch/rs"
mkdir -p "$scratch/rs/from/d/e" "$scratch/rs/back"
cd "$scratch/rs/from"
cp -a /usr/include/linux d/
echo one > one; ln one two; ln -s one three; ln -s /nowhere four
truncate -s 3M hole; printf 'end' >> hole
python3 - <<'P'
import os
os.setxattr("one", "user.colour", b"blue")
os.mkdir(b"\xff\xfe name\nwith all".ljust(200, b"-"))
P
chmod 4750 one; touch -d '2001-02-03 04:05:06.123456789' hole; chown 1234:4321 d/e
rsync -aHAX "$scratch/rs/from/" "$home/there/"
rsync -aHAX "$home/there/" "$scratch/rs/back/"
[ -z "$(rsync -aHAXnic --delete "$scratch/rs/from/" "$scratch/rs/back/")" ]
[ -z "$(rsync -aHAXnic --delete "$scratch/rs/from/" "$home/there/")" ]
[ "$(stat -c %h "$home/there/one")" = 2 ]
