#!/usr/bin/env bash
# No peer: the filesystem in memory of benchmarks/baseline, which tells the kernel to keep names and attributes. It stores
# nothing, so what takes long on it takes long on any filesystem behind FUSE.
source "$(dirname "$0")/common.sh"
peer_packages="gcc libc6-dev pkg-config libfuse3-dev"
peer_programs="gcc pkg-config"

peer_up() {
  gcc -std=gnu17 -O2 -o "$state/memfs" "$(dirname "$0")/../baseline/memfs.c" $(pkg-config --cflags --libs fuse3)
  start memfs "$state/memfs" "$mnt" 3600
}

main "$@"
