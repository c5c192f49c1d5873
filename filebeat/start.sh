#!/bin/sh
# Starts Filebeat with this folder's configuration. More options: as arguments.
# KAFKA_PASSWORD_FILE (/secrets/kafka-password) holds the password of KAFKA_USERNAME; KAFKA_PASSWORD in the environment goes before it.
# FILEBEAT_HOST_FILE (/host/hostname, where the machine's /etc/hostname is mounted) names the machine where FILEBEAT_HOST does not.
set -eu
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if [ -n "${KAFKA_USERNAME:-}" ] && [ -z "${KAFKA_PASSWORD:-}" ]; then
  file=${KAFKA_PASSWORD_FILE:-/secrets/kafka-password}
  if [ ! -r "$file" ]; then
    echo "filebeat: cannot read $file, the password of $KAFKA_USERNAME at Kafka; set KAFKA_PASSWORD_FILE" >&2
    exit 78
  fi
  KAFKA_PASSWORD=$(cat "$file")
fi
if [ -n "${KAFKA_PASSWORD:-}" ]; then
  # Filebeat reads a variable as a value of its own syntax; in quotes, and without any inside, every password stays what it is.
  KAFKA_PASSWORD="\"$(printf %s "$KAFKA_PASSWORD" | sed 's/\\/\\x5c/g; s/"/\\x22/g')\""
  export KAFKA_PASSWORD
fi

file=${FILEBEAT_HOST_FILE:-/host/hostname}
if [ -z "${FILEBEAT_HOST:-}" ] && [ -r "$file" ]; then
  FILEBEAT_HOST=$(cat "$file")
  export FILEBEAT_HOST
fi

exec "${FILEBEAT:-filebeat}" -e --path.config "$folder" "$@"
