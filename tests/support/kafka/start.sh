#!/bin/sh
# Starts one Kafka 4.3 node (KRaft, no ZooKeeper) and returns when it serves clients.
#
#   tests/support/kafka/start.sh DIR PORT [--secured]
#   tests/support/kafka/stop.sh DIR
#
# The controller is on PORT+1; data, log and pid file are in DIR. Secured, it serves TLS on PORT+2,
# to who shows a certificate, and SASL over TLS on PORT+3, where trainyard logs in with secret by
# every mechanism; DIR/secured then holds the certificates, and in ssl and sasl_ssl the addresses.
#
# Runs on bare Debian 12 with openjdk-17-jre-headless and maven; Kafka comes from Maven Central,
# once, into .deps/kafka of the project (or $TRAINYARD_DEPS/kafka). Starting again on the same DIR
# keeps its data.
set -eu

# A dead process that nobody reaped (PID 1 of a container may not) still answers kill -0.
is_alive() {
  kill -0 "$1" 2>/dev/null && ! grep -q '^State:.*Z' "/proc/$1/status" 2>/dev/null
}

[ $# -eq 2 ] || [ "${3:-}" = --secured ] || { echo "usage: $0 DIR PORT [--secured]" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
deps=${TRAINYARD_DEPS:-$(cd "$here/../../.." && pwd)/.deps}/kafka
mkdir -p "$1" "$deps"
dir=$(cd "$1" && pwd)
port=$2
secured=${3:+yes}

if [ -f "$dir/pid" ] && is_alive "$(cat "$dir/pid")"; then
  echo "kafka already runs in $dir (pid $(cat "$dir/pid"))" >&2
  exit 1
fi

# Whoever comes second waits; the marker says that all jars are there.
(
  flock 9
  if [ ! -f "$deps/complete" ]; then
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies \
      -DoutputDirectory="$deps/libs" -DincludeScope=runtime >&2
    touch "$deps/complete"
  fi
) 9>"$deps/lock"

listeners=PLAINTEXT://127.0.0.1:$port
users=
if [ "$secured" ]; then
  "$here/make_certificates.sh" "$dir/secured"
  echo "127.0.0.1:$((port + 2))" >"$dir/secured/ssl"
  echo "127.0.0.1:$((port + 3))" >"$dir/secured/sasl_ssl"
  listeners=$listeners,SSL://127.0.0.1:$((port + 2)),SASL_SSL://127.0.0.1:$((port + 3))
  users="--add-scram SCRAM-SHA-256=[name=trainyard,password=secret]
    --add-scram SCRAM-SHA-512=[name=trainyard,password=secret]"
fi

cat >"$dir/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=$listeners,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=$listeners
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
log.dirs=$dir/data
num.partitions=3
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=3
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=2097152
END
if [ "$secured" ]; then
  security=org.apache.kafka.common.security
  login=listener.name.sasl_ssl
  cat >>"$dir/server.properties" <<END
ssl.keystore.type=PEM
ssl.keystore.location=$dir/secured/broker.pem
ssl.truststore.type=PEM
ssl.truststore.location=$dir/secured/ca.pem
listener.name.ssl.ssl.client.auth=required
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
$login.plain.sasl.jaas.config=$security.plain.PlainLoginModule required user_trainyard="secret";
$login.scram-sha-256.sasl.jaas.config=$security.scram.ScramLoginModule required;
$login.scram-sha-512.sasl.jaas.config=$security.scram.ScramLoginModule required;
END
fi

flags="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn
  -Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info"

if [ ! -f "$dir/data/meta.properties" ]; then
  id=$(java $flags -cp "$deps/libs/*" kafka.tools.StorageTool random-uuid)
  java $flags -cp "$deps/libs/*" kafka.tools.StorageTool format -t "$id" $users \
    -c "$dir/server.properties" >"$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; exit 1; }
fi

# A fresh log for each start, so that what it says is about this one. A session of its own: a
# Ctrl-C meant for the tests does not reach it.
: >"$dir/log"
setsid java -Xmx256m -Xms64m $flags -cp "$deps/libs/*" kafka.Kafka "$dir/server.properties" \
  >>"$dir/log" 2>&1 </dev/null &
echo $! >"$dir/pid"

tries=0
until grep -q "Kafka Server started" "$dir/log"; do
  tries=$((tries + 1))
  if ! is_alive "$(cat "$dir/pid")" || [ $tries -gt 600 ]; then
    echo "kafka did not start; its log ($dir/log) ends:" >&2
    tail -n 20 "$dir/log" >&2
    exit 1
  fi
  sleep 0.1
done
echo "kafka serves 127.0.0.1:$port"
