#!/bin/bash
# As the official image's: a variable with a dot in its name, in small letters, is a setting where it is not empty; a password may come
# from a file that nobody else can read.
set -euo pipefail
settings=(network.host=0.0.0.0 cluster.name=docker-cluster)
while IFS= read -r -d '' entry; do
  if [[ $entry =~ ^[a-z0-9_]+(\.[a-z0-9_]+)+=. ]]; then settings+=("$entry"); fi
done </proc/$$/environ
if [ -n "${ELASTIC_PASSWORD_FILE:-}" ]; then
  mode=$(stat -L -c %a "$ELASTIC_PASSWORD_FILE")
  if [ "$mode" != 400 ] && [ "$mode" != 600 ]; then
    echo "ERROR: File $ELASTIC_PASSWORD_FILE from ELASTIC_PASSWORD_FILE must have file permissions 400 or 600, but actually has: $mode" >&2
    exit 1
  fi
  ELASTIC_PASSWORD=$(cat "$ELASTIC_PASSWORD_FILE")
fi
if [ -n "${ELASTIC_PASSWORD:-}" ]; then export ES_BOOTSTRAP_PASSWORD=$ELASTIC_PASSWORD; fi
home=/usr/share/elasticsearch
# The launcher takes configuration, data and logs from one folder.
work=/tmp/work
mkdir -p $work/tmp
ln -sfn "${ES_PATH_CONF:-$home/config}" $work/config
ln -sfn $home/data $work/data
ln -sfn $home/logs $work/logs
# shellcheck disable=SC2086
exec /opt/jre/bin/java -Xms512m -Xmx512m ${ES_JAVA_OPTS:-} -Xss1m -XX:TieredStopAtLevel=1 \
  --add-opens=java.base/java.io=ALL-UNNAMED --enable-native-access=ALL-UNNAMED \
  -Djava.io.tmpdir=$work/tmp -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Des.path.home=$home -Des.distribution.type=docker \
  -Des.networkaddress.cache.ttl=60 -Des.logs.base_path=$home/logs -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true \
  -Dio.netty.recycler.maxCapacityPerThread=0 -Dlog4j.shutdownHookEnabled=false -Dlog4j2.disable.jmx=true \
  -Dlog4j2.formatMsgNoLookups=true -Djava.locale.providers=CLDR -Dorg.apache.lucene.vectorization.upperJavaFeatureVersion=21 \
  -cp "/opt/launcher:$home/lib/*" logpatrol.Launcher $home $work 9200 "${settings[@]}"
