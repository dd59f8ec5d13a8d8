#!/bin/bash
# 1,000 transactions in each journal mode, then SQLite's own check.
set -euo pipefail
cd "$1"
for mode in wal delete; do
  {
    echo "PRAGMA journal_mode=$mode; PRAGMA synchronous=FULL; CREATE TABLE t(i INTEGER PRIMARY KEY, x TEXT);"
    for i in $(seq 1 1000); do echo "BEGIN; INSERT INTO t(x) VALUES(hex(randomblob(50))); COMMIT;"; done
  } | sqlite3 "$mode.db" > /dev/null
  [ "$(sqlite3 "$mode.db" 'PRAGMA integrity_check; SELECT count(*) FROM t;' | tr '\n' ' ')" = "ok 1000 " ]
done
