#!/usr/bin/env bash
# CephFS: one monitor, one OSD (BlueStore in a file), one metadata server, ceph-fuse; one copy, no authentication.
source "$(dirname "$0")/common.sh"
peer_packages="ceph-common ceph-mon ceph-osd ceph-mds ceph-fuse"
peer_programs="ceph monmaptool ceph-authtool ceph-mon ceph-osd ceph-mds ceph-fuse"
port=${CEPH_PORT:-16789}

cluster() { ceph --conf "$state/ceph.conf" --connect-timeout 10 "$@"; }
server() { start "$1" "$@" --conf "$state/ceph.conf" --foreground; }
is_active() { cluster mds stat | grep -q 'up:active'; }

peer_up() {
  local fsid
  fsid=$(cat /proc/sys/kernel/random/uuid)
  mkdir "$state/mon" "$state/osd" "$state/mds" "$state/run"
  cat >"$state/ceph.conf" <<CONFIG
[global]
fsid = $fsid
mon host = v1:127.0.0.1:$port
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon allow pool delete = true
mon data = $state/mon
osd data = $state/osd
mds data = $state/mds
run dir = $state/run
log file = $state/\$name.log
admin socket = $state/run/\$name.\$pid.asok
bluestore block size = ${CEPH_BYTES:-32212254720}
osd memory target = 1610612736
osd crush update on start = false
osd class update on start = false
CONFIG
  ceph-authtool --create-keyring "$state/mon.keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
  monmaptool --create --fsid "$fsid" --addv a "[v1:127.0.0.1:$port]" "$state/monmap" >/dev/null
  ceph-mon --conf "$state/ceph.conf" --mkfs --id a --monmap "$state/monmap" --keyring "$state/mon.keyring"
  server ceph-mon --id a
  wait_for "the monitor" 30 cluster health
  local osd
  osd=$(cluster osd create)
  ceph-osd --conf "$state/ceph.conf" --id "$osd" --mkfs >>"$state/mkfs.log" 2>&1
  # The OSD itself asks too early at times, before it knows the cluster ("wrong fsid"), and ends.
  cluster osd crush add "osd.$osd" 1 root=default host=local >/dev/null 2>&1
  server ceph-osd --id "$osd"
  cluster osd pool create metadata 8 >/dev/null 2>&1
  cluster osd pool create data 32 >/dev/null 2>&1
  cluster fs new bench metadata data >/dev/null 2>&1
  server ceph-mds --id a
  wait_for "the metadata server" 60 is_active
  start mount ceph-fuse --conf "$state/ceph.conf" --foreground --id admin "$mnt"
}

main "$@"
