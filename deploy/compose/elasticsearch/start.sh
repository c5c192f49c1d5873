#!/bin/bash
# Elasticsearch as its image starts it, with its configuration in memory: the image's own and the certificates, which it takes from
# nowhere else. So its root file system can be read-only.
set -euo pipefail

export ES_PATH_CONF=/run/elasticsearch/config
umask 077
cp -r /usr/share/elasticsearch/config "$ES_PATH_CONF"
cp /secrets/ca.pem /secrets/certificate.pem /secrets/key.pem "$ES_PATH_CONF/"
# No log of garbage collections: it would fill the memory that stands in for its folder.
mkdir -p "$ES_PATH_CONF/jvm.options.d"
printf '%s\n' -Xlog:disable -Xlog:all=warning:stderr:utctime,level,tags >"$ES_PATH_CONF/jvm.options.d/quiet.options"

if [ -f /s3/access-key ]; then
  # The image would make a keystore for the password alone.
  elasticsearch-keystore create
  for pair in s3.client.default.access_key:/s3/access-key s3.client.default.secret_key:/s3/secret-key \
    bootstrap.password:/secrets/elasticsearch-password; do
    elasticsearch-keystore add --stdin "${pair%%:*}" <"${pair#*:}"
  done
else
  # The image takes it from a file with exactly these rights.
  cp /secrets/elasticsearch-password /run/elasticsearch/password
  chmod 0400 /run/elasticsearch/password
  export ELASTIC_PASSWORD_FILE=/run/elasticsearch/password
fi

exec /usr/local/bin/docker-entrypoint.sh eswrapper
