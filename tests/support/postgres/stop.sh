#!/usr/bin/env bash
# Stops the PostgreSQL that start.sh started in DIR.
# usage: stop.sh DIR
set -euo pipefail
as=()
[ "$(id -u)" != 0 ] || as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
sockets=$(sed -n 5p "$1/data/postmaster.pid" 2>/dev/null || true)
"${as[@]}" /usr/lib/postgresql/15/bin/pg_ctl -D "$1/data" -m fast -w stop >/dev/null
[ -z "$sockets" ] || rm -rf "$sockets"
