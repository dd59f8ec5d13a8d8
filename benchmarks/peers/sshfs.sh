#!/usr/bin/env bash
# sshfs against an sshd of its own on 127.0.0.1, with keys made for the occasion and Debian's default options.
source "$(dirname "$0")/common.sh"
peer_packages="sshfs openssh-server"
peer_programs="sshfs ssh-keygen /usr/sbin/sshd"
port=${SSHFS_PORT:-2222}

peer_up() {
  # sshd wants its directory for privilege separation; a running system has it, a container may not.
  mkdir -p /run/sshd
  mkdir "$state/data"
  ssh-keygen -q -t ed25519 -N '' -f "$state/host"
  ssh-keygen -q -t ed25519 -N '' -f "$state/user"
  echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$state/host.pub")" >"$state/known_hosts"
  cat >"$state/sshd_config" <<CONFIG
ListenAddress 127.0.0.1
Port $port
HostKey $state/host
AuthorizedKeysFile $state/user.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
PidFile none
Subsystem sftp internal-sftp
CONFIG
  start sshd /usr/sbin/sshd -D -e -f "$state/sshd_config"
  wait_for "sshd on port $port" 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  start sshfs sshfs -f -p "$port" -o "IdentityFile=$state/user,IdentitiesOnly=yes,UserKnownHostsFile=$state/known_hosts,allow_other,default_permissions" \
    "root@127.0.0.1:$state/data" "$mnt"
}

main "$@"
