"""Transactions that are acknowledged on standard output, and the check that finds them again.

sqlite_client.py work FILE JOURNAL FIRST   commits FIRST, FIRST + 1, ... and prints each once it is committed
sqlite_client.py check FILE                prints the number of committed transactions if everything agrees
"""
import os
import sqlite3
import sys

# Without EXTRA a commit in rollback mode ends with an unlink that is not synced, as SQLite's documentation says.
SYNCHRONOUS = {"wal": "FULL", "delete": "EXTRA"}


def work(path, journal, first):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f"PRAGMA journal_mode={journal}")
    db.execute(f"PRAGMA synchronous={SYNCHRONOUS[journal]}")
    db.execute("CREATE TABLE IF NOT EXISTS entry(n INTEGER PRIMARY KEY, text BLOB)")
    db.execute("CREATE INDEX IF NOT EXISTS by_text ON entry(text)")
    db.execute("CREATE TABLE IF NOT EXISTS total(entries INTEGER)")
    db.execute("INSERT INTO total SELECT 0 WHERE NOT EXISTS (SELECT * FROM total)")
    n = first
    while True:
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO entry VALUES (?, ?)", (n, os.urandom(n % 3000)))
        db.execute("UPDATE total SET entries = entries + 1")
        db.execute("COMMIT")
        # Where the directory cannot be opened to sync an unlink, SQLite goes on as if it had been synced
        # (os_unix.c, unixDelete): a commit without a filesystem is no commit. What is gone stays gone.
        os.close(os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY))
        os.write(1, b"%d\n" % n)
        n += 1


def check(path):
    db = sqlite3.connect(path)
    verdict = db.execute("PRAGMA integrity_check").fetchall()
    assert verdict == [("ok",)], verdict
    count, last = db.execute("SELECT count(*), coalesce(max(n), -1) FROM entry").fetchone()
    (total,) = db.execute("SELECT entries FROM total").fetchone()
    assert count == last + 1 == total, (count, last, total)
    print(count)


if sys.argv[1] == "work":
    work(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    check(sys.argv[2])
