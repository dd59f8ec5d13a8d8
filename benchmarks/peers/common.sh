# What the peers' scripts share; sourced by them, never run.
#
# A peer lives in one directory, which `up` makes and `down` removes:
#   DIR/mnt        where it is mounted
#   DIR/state      its configuration, data, logs
#   DIR/processes  a line "PID START NAME" for each process that was started; START tells a process from a later one
#                  that got its pid
# A script defines peer_packages, peer_programs, peer_up, and peer_down if ending the processes is not enough.
set -euo pipefail

peer=$(basename "$0" .sh)

say() { printf '%s: %s\n' "$peer" "$*" >&2; }
die() { say "$1"; exit "${2:-1}"; }

# When a process began, in clock ticks after boot; nothing if it is gone.
start_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  set -- ${stat##*) }
  echo "${20}"
}

is_alive() { [[ -n $2 && $(start_of "$1") == "$2" ]]; }

# note PID NAME: `down` will end this process too.
note() { echo "$1 $(start_of "$1") $2" >>"$dir/processes"; }

# start NAME COMMAND...: runs a server that stays in the foreground; its output goes to state/NAME.log.
start() {
  local name=$1
  shift
  setsid "$@" </dev/null >>"$state/$name.log" 2>&1 &
  note $! "$name"
}

# in_net COMMAND...: runs a command in the peer's network namespace.
in_net() { nsenter --net="/proc/$net_pid/ns/net" "$@"; }

# A network namespace with nothing but loopback, where $net_address is not in 127.0.0.0/8: some servers refuse 127.0.0.1.
make_net() {
  net_address=10.77.0.1
  start net unshare --net sleep infinity
  net_pid=$(awk '$3 == "net" {print $1}' "$dir/processes")
  wait_for "the network namespace" 5 other_net
  in_net ip link set lo up
  in_net ip address add "$net_address/32" dev lo
}

other_net() { [[ $(readlink "/proc/$net_pid/ns/net") != "$(readlink /proc/self/ns/net)" ]]; }

# wait_for WHAT SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || die "$what did not come; the logs are in $state"
    sleep 0.2
  done
}

is_mounted() { mountpoint -q "$mnt"; }

require() {
  local program missing=()
  ((EUID == 0)) || die "only root can bring this up" 77
  for program in "$@"; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  ((${#missing[@]} == 0)) || die "${missing[*]} missing; install with: apt-get install --no-install-recommends $peer_packages" 69
}

up() {
  [[ ! -e $dir ]] || die "$dir is there already; take it down with: $0 down $dir" 3
  require $peer_programs
  mkdir -p "$mnt" "$state"
  trap 'status=$?; ((status == 0)) || { say "did not come up; the last lines of its logs:"; tail -n 5 "$state"/*.log >&2 || true; down; }' EXIT
  peer_up
  wait_for "the mount" 30 is_mounted
  chmod 1777 "$mnt"
}

# Ends processes in the opposite order of their start: the mount first, the network namespace last.
end_processes() {
  local pid start name tries
  [[ -f $dir/processes ]] || return 0
  while read -r pid start name; do
    is_alive "$pid" "$start" || continue
    kill -TERM "$pid"
    for ((tries = 0; tries < 100; tries++)); do
      is_alive "$pid" "$start" || continue 2
      sleep 0.1
    done
    say "$name (pid $pid) did not end when asked; killed"
    kill -KILL "$pid" || true
  done < <(tac "$dir/processes")
}

peer_down() { :; }

down() {
  [[ -d $state ]] || die "$dir holds no peer" 4
  if is_mounted && ! umount "$mnt"; then umount -l "$mnt"; fi
  peer_down
  end_processes
  rm -rf --one-file-system "$dir"
}

main() {
  if [[ $# -ne 2 || ! $1 =~ ^(up|down)$ ]]; then
    printf 'usage: %s up|down DIR    brings %s up on loopback, mounted on DIR/mnt, or takes it down and removes DIR\n' "$0" "$peer" >&2
    exit 2
  fi
  dir=$(realpath -m "$2")
  mnt=$dir/mnt
  state=$dir/state
  "$1"
}
