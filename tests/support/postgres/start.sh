#!/usr/bin/env bash
# Starts a PostgreSQL 15 of our own in DIR (made on first use; restarts after a crash) on
# 127.0.0.1:PORT and returns when it answers. As root it runs as the user postgres, since the server
# refuses root. fsync stays on: tests kill it.
# usage: start.sh DIR PORT [SETTING=VALUE ...]     prints the connection URI
set -euo pipefail
dir=$1 port=$2
shift 2
bin=/usr/lib/postgresql/15/bin
as=()
mkdir -p "$dir"
if [ "$(id -u)" = 0 ]; then
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chown postgres "$dir"
fi
if [ ! -e "$dir/data/PG_VERSION" ]; then
  "${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$dir/initdb.log" 2>&1
fi
# A socket's path is limited to 107 bytes, so it cannot be in DIR; a crashed server left its own.
sockets=$(sed -n 5p "$dir/data/postmaster.pid" 2>/dev/null || true)
[ -d "$sockets" ] || sockets=$(mktemp -d /tmp/trainyard-pg.XXXXXX)
[ "$(id -u)" != 0 ] || chown postgres "$sockets"
options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$sockets"
options+=" -c max_connections=200"
for setting in "$@"; do options+=" -c $setting"; done
# After a crash the old server's lock file stays behind, and its processes may take a moment to go.
for _ in $(seq 50); do
  if "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/log" -o "$options" start \
    >/dev/null 2>&1 || "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
    echo "postgresql://postgres@127.0.0.1:$port/postgres"
    exit 0
  fi
  sleep 0.2
done
tail -n 20 "$dir/log" >&2
exit 1
