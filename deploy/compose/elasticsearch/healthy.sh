#!/bin/bash
# Whether the node answers, by TLS and for its administrator, and every index can be read and written. The password goes by standard
# input, for the words of a command can be read by others.
set -euo pipefail
printf 'user = "elastic:%s"\n' "$(cat /secrets/elasticsearch-password)" |
  curl -fsS --max-time 8 -o /dev/null --cacert /secrets/ca.pem --config - \
    'https://localhost:9200/_cluster/health?wait_for_status=yellow&timeout=5s'
