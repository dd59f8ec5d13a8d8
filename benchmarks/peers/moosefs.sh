#!/usr/bin/env bash
# MooseFS: master, one chunkserver, mfsmount, with one copy of everything and Debian's defaults but for one: by
# default its chunkserver never syncs to disk. So it syncs chunks when it closes them, which is as near as it comes to
# what fsync promises. MOOSEFS_FSYNC=0 leaves it at the default.
source "$(dirname "$0")/common.sh"
peer_packages="moosefs-master moosefs-chunkserver moosefs-client"
peer_programs="mfsmaster mfschunkserver mfsmount mfssetgoal nsenter ip"

peer_up() {
  make_net
  mkdir "$state/master" "$state/chunkserver" "$state/chunks"
  echo "MFSM NEW" >"$state/master/metadata.mfs"
  printf '* / rw,alldirs,admin,maproot=0:0\n* . rw\n' >"$state/exports.cfg"
  echo "$state/chunks" >"$state/hdd.cfg"
  cat >"$state/master.cfg" <<CONFIG
WORKING_USER = root
WORKING_GROUP = root
DATA_PATH = $state/master
EXPORTS_FILENAME = $state/exports.cfg
MATOML_LISTEN_HOST = $net_address
MATOCS_LISTEN_HOST = $net_address
MATOCL_LISTEN_HOST = $net_address
CONFIG
  cat >"$state/chunkserver.cfg" <<CONFIG
WORKING_USER = root
WORKING_GROUP = root
DATA_PATH = $state/chunkserver
HDD_CONF_FILENAME = $state/hdd.cfg
MASTER_HOST = $net_address
BIND_HOST = $net_address
CSSERV_LISTEN_HOST = $net_address
HDD_FSYNC_BEFORE_CLOSE = ${MOOSEFS_FSYNC:-1}
CONFIG
  start master nsenter --net="/proc/$net_pid/ns/net" mfsmaster -f -c "$state/master.cfg"
  wait_for "the master" 20 in_net bash -c "exec 3<>/dev/tcp/$net_address/9421"
  start chunkserver nsenter --net="/proc/$net_pid/ns/net" mfschunkserver -f -c "$state/chunkserver.cfg"
  wait_for "the chunkserver" 20 in_net bash -c "exec 3<>/dev/tcp/$net_address/9422"
  start mount nsenter --net="/proc/$net_pid/ns/net" mfsmount -f -H "$net_address" "$mnt"
  wait_for "the mount" 30 is_mounted
  in_net mfssetgoal 1 "$mnt" >/dev/null
  # The master gives out chunks only some time after a chunkserver has come.
  wait_for "a first write" 120 sh -c "echo probe >'$mnt/probe' && sync '$mnt/probe'"
  rm "$mnt/probe"
}

main "$@"
