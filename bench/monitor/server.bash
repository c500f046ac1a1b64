# shellcheck shell=bash
# One real server of the demo's image with the monitor on it as it is installed, and a Redis beside it. Source it
# after deploy/lib.bash.

bench=$MONKEY_PROJECT-bench
server=$bench-server
# One server's log, not another's that is measured at the same time.
logs=$logs/$bench
mkdir -p "$logs"

build_bench() {
  # Several of these side by side share what the first has built.
  [[ ${MONKEY_BENCH_IMAGES-} != as-they-are ]] || return 0
  deploy/setup
  deploy/images
  prepare_compose
  must "building the server's image" "$logs/build-server.log" "${compose[@]}" build production
  must "building the monitor" "$logs/build-provisioning.log" "${compose[@]}" build provisioning
}

in_server() { docker exec "$server" "$@"; }

remove_server() {
  docker rm --force --volumes "$server" "$bench-redis" "$bench-migrator" >/dev/null 2>&1 || true
  docker network rm "$bench" >/dev/null 2>&1 || true
}

# The values are the playbook's own, from its template's few lines.
# start_server MEMORY MIGRATOR_URL [MEMORY_AND_SWAP]
start_server() {
  local memory=$1 migrator=$2 swap=${3-$1} carrier
  remove_server
  docker network create "$bench" >/dev/null
  docker run --detach --name "$bench-redis" --network "$bench" --network-alias redis redis:7 \
    redis-server --save '' --protected-mode no >/dev/null
  docker run --detach --name "$server" --network "$bench" --hostname production \
    --cap-add SYS_ADMIN --cap-add SYS_BOOT --security-opt apparmor=unconfined \
    --tmpfs /run:exec,mode=755 --tmpfs /run/lock --tmpfs /tmp:exec,mode=1777 \
    --memory "$memory" --memory-swap "$swap" --publish "127.0.0.1::8082" "$MONKEY_IMAGES/server" >/dev/null
  in_server mkdir -p /opt /etc/migration-monkey
  # As an archive, which keeps the dates that the cache of the classes asks for.
  carrier=$(docker create "$MONKEY_IMAGES/provisioning")
  docker cp "$carrier:/opt/migration-monkey" - | docker cp - "$server:/opt/"
  docker rm "$carrier" >/dev/null
  # What the playbook's part for Restart Monkey makes; its application is not declared here.
  in_server groupadd --system migration-monkey
  in_server chown -R root:root /opt/migration-monkey
  docker cp ansible/roles/monitor/files/migration-monkey-monitor.service "$server:/etc/systemd/system/" >/dev/null
  # shellcheck disable=SC2016 # it is the server's shell that expands it
  in_server sh -ec 'cd /etc/migration-monkey; umask 077; head -c 32 /dev/urandom | sha256sum | cut -d" " -f1 >token
    cp token migrator-token; echo "viewing bench $(cat token)" >tokens'
  printf 'spring.data.redis.url: redis://redis:6379\nmonkey:\n  server: production\n  migrator: {url: "%s", token-file: %s}\n  access.tokens: %s\n' \
    "$migrator" /run/migration-monkey-monitor/migrator-token /run/migration-monkey-monitor/tokens | docker exec --interactive "$server" tee /etc/migration-monkey/monitor.yml >/dev/null
  docker exec "$bench-redis" redis-cli set switch false >/dev/null
}

# Says how many seconds it took from the unit's start to its first report, and the CPU seconds until then.
start_monitor() {
  local started=$EPOCHREALTIME
  docker exec "$bench-redis" redis-cli del monitor:report:production >/dev/null
  in_server systemctl start migration-monkey-monitor.service
  until [[ $(docker exec "$bench-redis" redis-cli exists monitor:report:production) == 1 ]]; do
    if awk "BEGIN { exit !($EPOCHREALTIME - $started > 180) }"; then
      in_server journalctl --unit migration-monkey-monitor.service --no-pager | tail -n 30 >&2
      return 1
    fi
    sleep 0.1
  done
  awk "BEGIN { printf \"%.1f\", $EPOCHREALTIME - $started }"
}
