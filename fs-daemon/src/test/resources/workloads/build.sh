#!/bin/bash
# Unpacks a C program of many files, builds it in parallel, runs its test, builds again: nothing to do.
set -euo pipefail
home=$1 scratch=$2
mkdir -p "$scratch/program"
cd "$scratch/program"
{
  echo 'CFLAGS = -O1'
  echo 'OBJECTS = $(patsubst %.c,%.o,$(wildcard *.c))'
  echo 'program: $(OBJECTS)'
  printf '\t$(CC) -o $@ $^\n'
  echo '%.o: %.c all.h'
  printf '\t$(CC) $(CFLAGS) -c -o $@ $<\n'
  echo 'test: program'
  printf '\t./program | grep -x 780\n'
} > Makefile
: > all.h
{ echo '#include <stdio.h>'; echo '#include "all.h"'; echo 'int main(void) { int sum = 0;'; } > main.c
for i in $(seq 0 39); do
  echo "int f$i(void);" >> all.h
  printf '#include "all.h"\nint f%d(void) { return %d; }\n' "$i" "$i" > "f$i.c"
  echo "sum += f$i();" >> main.c
done
echo 'printf("%d\n", sum); return 0; }' >> main.c
tar -C "$scratch" -czf "$scratch/program.tar.gz" program
cd "$home"
tar -xzf "$scratch/program.tar.gz"
cd program
make -s -j4
make -s test
make -q program
