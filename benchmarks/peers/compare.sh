#!/usr/bin/env bash
# Runs the workloads on SalvusFS, once as it is by default and once with fuse.keep-awake, on the local filesystem and on
# peers in one run, and writes docs/benchmarks.md's table, docs/benchmarks.svg and docs/benchmarks.json.
#
#   benchmarks/peers/compare.sh [--home DIR] [--docs DIR] [PEER...] [-- OPTION...]
#
# PEER is glusterfs, moosefs, cephfs or sshfs (default: all of them); `none` leaves out the peers; memfs is none, but what
# the kernel and C make possible. OPTIONs go to `./salvus bench workload`. Everything is brought up below DIR (default
# /var/tmp/salvus-compare, which must not be there; its filesystem is the local one of the comparison) and taken down
# again, whatever happens.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home=/var/tmp/salvus-compare
docs=$root/docs
known="glusterfs moosefs cephfs sshfs"
peers=()

say() { printf 'compare: %s\n' "$*" >&2; }

while (($#)); do
  case $1 in
  --home) home=$2 && shift 2 ;;
  --docs) docs=$2 && shift 2 ;;
  --) shift && break ;;
  glusterfs | moosefs | cephfs | sshfs | memfs | none) peers+=("$1") && shift ;;
  *) say "there is no peer '$1'; there are: $known memfs none" && exit 2 ;;
  esac
done
((${#peers[@]})) || read -ra peers <<<"$known"
[[ ${peers[*]} != none ]] || peers=()

((EUID == 0)) || { say "only root can mount the peers and drop the kernel's caches"; exit 77; }
[[ ! -e $home ]] || { say "$home is there already; remove it, or name another directory with --home"; exit 3; }

up=()
daemons=()
take_down() {
  local peer daemon
  for peer in ${up[@]+"${up[@]}"}; do
    "$here/$peer.sh" down "$home/$peer" || say "$peer is still up in $home/$peer"
  done
  for daemon in ${daemons[@]+"${daemons[@]}"}; do
    "$root/salvus" stop --data "$home/$daemon/data" >&2 || say "SalvusFS is still up in $home/$daemon"
  done
  if ! grep -q " $home/" /proc/self/mountinfo; then rm -rf --one-file-system "$home"; fi
}
trap take_down EXIT

mkdir -p "$home/local" "$home/salvusfs" "$home/awake/data"
printf 'data: .\nmount: "%s"\ncassandra: {local: yes}\nfuse: {keep-awake: yes}\n' "$home/awake/mnt" >"$home/awake/data/salvus.yaml"
for daemon in salvusfs awake; do
  # Whatever dev says is for people; standard output is the report's.
  "$root/salvus" dev --detach --data "$home/$daemon/data" --mount "$home/$daemon/mnt" >&2
  daemons+=("$daemon")
done
local_type=$(stat -f -c %T "$home/local")
[[ $local_type != ext2/ext3 ]] || local_type=ext4
subjects=("salvusfs=$home/salvusfs/mnt/demo" "awake=$home/awake/mnt/demo" "$local_type=$home/local")
for peer in ${peers[@]+"${peers[@]}"}; do
  "$here/$peer.sh" up "$home/$peer"
  up+=("$peer")
  subjects+=("$peer=$home/$peer/mnt")
done

"$root/salvus" bench workload --json --svg "$docs/benchmarks.svg" --update "$docs/benchmarks.md" --work "$home/inputs" \
  "$@" "${subjects[@]}" >"$home/report.json" || status=$?
# What failed is in the report too.
[[ ! -s $home/report.json ]] || cp "$home/report.json" "$docs/benchmarks.json"
exit "${status:-0}"
