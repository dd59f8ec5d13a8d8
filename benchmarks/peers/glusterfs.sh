#!/usr/bin/env bash
# GlusterFS: glusterd, one brick, the native client, with Debian's defaults.
source "$(dirname "$0")/common.sh"
peer_packages="glusterfs-server"
peer_programs="glusterd gluster glusterfs nsenter ip"

cli() { in_net gluster --mode=script --glusterd-sock="$state/glusterd.socket" "$@"; }

peer_up() {
  make_net
  mkdir "$state/brick" "$state/work" "$state/run"
  cat >"$state/glusterd.vol" <<CONFIG
volume management
    type mgmt/glusterd
    option working-directory $state/work
    option run-directory $state/run
    option glusterd-sockfile $state/glusterd.socket
    option transport-type socket
    option transport.socket.bind-address $net_address
    option transport.socket.listen-port 24007
    option max-port 60999
end-volume
CONFIG
  start glusterd nsenter --net="/proc/$net_pid/ns/net" glusterd --no-daemon --volfile="$state/glusterd.vol" \
    --log-file="$state/glusterd.log" --pid-file="$state/glusterd.pid"
  wait_for "glusterd" 30 cli volume list
  cli volume create bench "$net_address:$state/brick" force >/dev/null
  cli volume start bench >/dev/null
  local pid_file
  for pid_file in "$state"/run/vols/bench/*.pid; do
    note "$(cat "$pid_file")" brick
  done
  start mount nsenter --net="/proc/$net_pid/ns/net" glusterfs --no-daemon --volfile-server="$net_address" --volfile-id=bench \
    --log-file="$state/mount.log" "$mnt"
}

main "$@"
