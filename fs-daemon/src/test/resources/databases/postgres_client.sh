#!/bin/bash
# postgres_client.sh PSQL SOCKETS CLIENT FIRST
# Commits FIRST, FIRST + 1, ... and prints each once the server has answered that it is committed.
set -uo pipefail
for ((n = $4; ; n++)); do
  echo "WITH e AS (INSERT INTO entry VALUES ($3, $n, repeat('x', $n % 900)) RETURNING n)
    UPDATE total SET entries = entries + 1 WHERE client = $3 RETURNING (SELECT n FROM e);"
done 2> /dev/null | "$1" -h "$2" -U postgres -X -q -A -t -v ON_ERROR_STOP=1 postgres
