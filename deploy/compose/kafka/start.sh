#!/bin/bash
# Formats the storage at the first start, with the administrator's account in it, and starts Kafka.
set -euo pipefail

work=/tmp/kafka
mkdir -p "$work"
export LOG_DIR=$work
export KAFKA_LOG4J_OPTS=-Dlog4j2.configurationFile=/log4j2.properties
export KAFKA_JMX_OPTS=' '

{
  cat /server.properties
  echo "advertised.listeners=CLIENTS://kafka:9092,HOST://$ADVERTISED_HOST,BROKER://localhost:9095"
} >"$work/server.properties"

if [ ! -f /var/lib/kafka/data/meta.properties ]; then
  # By a file, for everybody on the host can read the words of a command.
  umask 077
  {
    echo "kafka.tools.StorageTool format --config $work/server.properties --cluster-id bG9ncGF0cm9sLWthZmthMQ"
    echo "--add-scram \"SCRAM-SHA-512=[name=admin,password=$(cat /secrets/admin-password)]\""
  } >"$work/format"
  # It prints what it stores of the password.
  KAFKA_HEAP_OPTS=-Xmx128m /opt/kafka/bin/kafka-run-class.sh "@$work/format" >"$work/formatted" 2>&1 ||
    { sed 's/UserScramCredentialRecord([^)]*)//g' "$work/formatted" >&2; exit 1; }
  rm "$work/format" "$work/formatted"
fi

# Without a log of garbage collections.
export EXTRA_ARGS='-name kafkaServer'
exec /opt/kafka/bin/kafka-server-start.sh "$work/server.properties"
