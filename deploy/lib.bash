# shellcheck shell=bash disable=SC2034
# What the project's scripts share. Source it; it changes to the repository's root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1
logs=$root/target/logs
mkdir -p "$logs"

# Nothing that a script started outlives it.
trap 'end_children' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

end_children() {
  local child
  for child in $(jobs -p); do kill -- "-$child" 2>/dev/null || kill "$child" 2>/dev/null || true; done
}

say() { printf '%s\n' "$*"; }

# fail WHAT [WHAT TO DO]…: one line each, then the end.
fail() {
  printf '\nFAILED: %s\n' "$1" >&2
  shift
  (($# == 0)) || printf '  %s\n' "$@" >&2
  exit 1
}

# The last line that a log holds, short enough for a terminal, without colours and control characters.
last_line() {
  tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | tr -cd '\11\12\40-\176' |
    grep -vE '^[[:space:]]*$|^ ---> |^\[INFO\] (-*|Scanning.*)$' | tail -n 1 | cut -c 1-100
}

# during WHAT LOG COMMAND…: runs the command with its output in the log; says every 4 s how long it has been
# and where it is. Gives back the command's exit code. A function that it runs must look after its own exit
# codes: `set -e` does not hold there. The command gets a process group of its own, so that it ends as a whole.
during() {
  local what=$1 log=$2 start=$SECONDS next status=0 pid
  shift 2
  set -m
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  next=$((SECONDS + 4))
  while kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS >= next)); then
      printf '%4d s  %s: %s\n' $((SECONDS - start)) "$what" "$(last_line "$log")"
      next=$((SECONDS + 4))
    fi
    sleep 0.2
  done
  wait "$pid" || status=$?
  if ((status == 0)); then
    printf '%4d s  %s: done\n' $((SECONDS - start)) "$what"
  else
    printf '%4d s  %s: exit code %d\n' $((SECONDS - start)) "$what" "$status"
  fi
  return "$status"
}

# must WHAT LOG COMMAND…: the same, and a failure is the end, with the log's last lines.
must() {
  during "$@" && return
  printf '\nThe last lines of %s:\n' "$2" >&2
  tail -n 25 "$2" >&2
  fail "$1" "The whole log: $2"
}

# as_root COMMAND…: with sudo where needed.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    say "  needs root: sudo $*"
    sudo "$@"
  else
    fail "'$*' needs root, and there is no sudo" "Run this script as root."
  fi
}

# Sets `compose` to the command that this machine has; fails where it has none.
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose=(docker-compose)
  else
    return 1
  fi
}

# Sets `compose`, and what Compose must know about this machine. A variable set by hand has the last word.
prepare_compose() {
  find_compose || fail "there is no Docker Compose" "Run deploy/setup and read what it says."
  # Grafana only where its image is.
  if docker image inspect grafana/grafana >/dev/null 2>&1; then
    export COMPOSE_PROFILES=${COMPOSE_PROFILES-grafana}
  else
    export COMPOSE_PROFILES=none
  fi
  # BuildKit may ask a registry even for a base that is here; the classic builder does not.
  [[ -z $(docker image inspect --format '{{index .Config.Labels "io.migrationmonkey.stand-in"}}' debian:bookworm) ]] ||
    export DOCKER_BUILDKIT=0
}

# Prints the home of a JDK 25, found as ./mvnw finds it, or fails.
jdk_25() {
  local jdk
  for jdk in "${JAVA_HOME-}" /usr/lib/jvm/*25*; do
    if [[ -x $jdk/bin/javac ]] && grep -q '^JAVA_VERSION="25' "$jdk/release" 2>/dev/null; then
      printf '%s\n' "$jdk"
      return
    fi
  done
  return 1
}

# --- The stack: its project, its ports, its containers.

export MONKEY_PROJECT=${MONKEY_PROJECT:-migration-monkey}
export COMPOSE_PROJECT_NAME=$MONKEY_PROJECT
# The first half of the images' names. Another one, and two checkouts do not take each other's images.
export MONKEY_IMAGES=${MONKEY_IMAGES:-migration-monkey}
ours=label=com.docker.compose.project=$MONKEY_PROJECT

# Each port's variable, the port, and what answers there.
ports=(
  "MONKEY_TRAFFIC_PORT 8080 the application, through the proxy"
  "MONKEY_PROXY_PORT 8090 the proxy's management"
  "MONKEY_MIGRATOR_PORT 8081 the migrator"
  "MONKEY_MIGRATOR_2_PORT 8091 the second migrator, where there is one"
  "MONKEY_PROMETHEUS_PORT 9090 Prometheus"
  "MONKEY_GRAFANA_PORT 3000 Grafana"
  "MONKEY_REDIS_PORT 6379 Redis"
  "MONKEY_PRODUCTION_PORT 8001 the application on production itself"
  "MONKEY_BACKUP_PORT 8002 the application on backup itself"
  "MONKEY_PRODUCTION_MONITOR_PORT 8082 production's monitor"
  "MONKEY_BACKUP_MONITOR_PORT 8083 backup's monitor"
  "MONKEY_PRODUCTION_DATABASE_PORT 8003 production's PostgreSQL, where that is the application"
  "MONKEY_BACKUP_DATABASE_PORT 8004 backup's PostgreSQL, where that is the application"
)
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A variable that is not set gets its usual port; with MONKEY_PORTS=free the first free one from 10000 above that.
for port in "${ports[@]}"; do
  read -r variable default _ <<<"$port"
  if [[ -z ${!variable-} && ${MONKEY_PORTS-} == free ]]; then
    for ((default += 10000; default < 65000; default += 100)); do
      listens "$default" || break
    done
  fi
  export "$variable=${!variable:-$default}"
done

# Containers, volumes and networks of the project, one a line: KIND NAME.
left() {
  docker ps -a --filter "$ours" --format 'container {{.Names}}'
  docker volume ls --filter "$ours" --format 'volume {{.Name}}'
  docker network ls --filter "$ours" --format 'network {{.Name}}'
}

# Removes them, by label: whichever Compose made them, and whatever its file said.
remove_stack() {
  local ids
  ids=$(docker ps -aq --filter "$ours")
  # shellcheck disable=SC2086 # ids are words
  [[ -z $ids ]] || docker rm --force --volumes $ids || return
  ids=$(docker volume ls -q --filter "$ours")
  # shellcheck disable=SC2086
  [[ -z $ids ]] || docker volume rm $ids || return
  ids=$(docker network ls -q --filter "$ours")
  # shellcheck disable=SC2086
  [[ -z $ids ]] || docker network rm $ids
}
