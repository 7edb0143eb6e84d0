#!/bin/sh
# Starts an S3 server (versitygw over a folder, which checks signatures, clocks and checksums as
# Amazon does) and prints its address when it serves.
#
#   tests/support/s3/start.sh DIR PORT
#   tests/support/s3/stop.sh DIR
#
# The access key is trainyard, its secret trainyard-secret, the region us-east-1; the buckets
# artifacts and data are folders of DIR/buckets. The log and pid file are in DIR. deploy/setup
# --tests builds the server into .deps/bin of the project (or $TRAINYARD_DEPS/bin).
set -eu

# A dead process that nobody reaped (PID 1 of a container may not) still answers kill -0.
is_alive() {
  kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

[ $# -eq 2 ] || { echo "usage: $0 DIR PORT" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
server=${TRAINYARD_DEPS:-$(cd "$here/../../.." && pwd)/.deps}/bin/versitygw
[ -x "$server" ] || { echo "$server is missing: run deploy/setup --tests" >&2; exit 1; }
mkdir -p "$1/buckets/artifacts" "$1/buckets/data"
dir=$(cd "$1" && pwd)

# A session of its own: a Ctrl-C meant for the tests does not reach it.
ROOT_ACCESS_KEY=trainyard ROOT_SECRET_KEY=trainyard-secret setsid "$server" \
  --port "127.0.0.1:$2" --region us-east-1 --health /healthz posix "$dir/buckets" \
  >"$dir/log" 2>&1 </dev/null &
echo $! >"$dir/pid"

tries=0
until curl --silent --fail --output /dev/null "http://127.0.0.1:$2/healthz"; do
  tries=$((tries + 1))
  if ! is_alive "$(cat "$dir/pid")" || [ $tries -gt 600 ]; then
    echo "versitygw did not start; its log ($dir/log) ends:" >&2
    tail -n 20 "$dir/log" >&2
    exit 1
  fi
  sleep 0.1
done
echo "http://127.0.0.1:$2"
