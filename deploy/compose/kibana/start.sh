#!/bin/bash
# Kibana as its image starts it, with its configuration in memory, the password and the keys in it: as environment they would be
# seen by whoever can look at the container, as words of the command by whoever can list processes.
set -euo pipefail

export KBN_PATH_CONF=/run/kibana/config
umask 077
cp -r /usr/share/kibana/config "$KBN_PATH_CONF"
key=$(cat /secrets/encryption-key)
{
  cat /kibana.yml
  echo "elasticsearch.password: \"$(cat /secrets/elasticsearch-password)\""
  echo "xpack.encryptedSavedObjects.encryptionKey: \"$key\""
  echo "xpack.security.encryptionKey: \"$key\""
  echo "xpack.reporting.encryptionKey: \"$key\""
} >"$KBN_PATH_CONF/kibana.yml"

exec /usr/local/bin/kibana-docker
