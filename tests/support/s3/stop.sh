#!/bin/sh
# Stops the S3 server that start.sh started in DIR, and returns when it is gone.
#
#   tests/support/s3/stop.sh DIR
set -eu

# A dead process that nobody reaped (PID 1 of a container may not) still answers kill -0.
is_alive() {
  kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
[ -f "$1/pid" ] || exit 0
pid=$(cat "$1/pid")
kill "$pid" 2>/dev/null || true
tries=0
while is_alive "$pid"; do
  tries=$((tries + 1))
  [ $tries -le 150 ] || kill -9 "$pid"
  sleep 0.1
done
rm -f "$1/pid"
