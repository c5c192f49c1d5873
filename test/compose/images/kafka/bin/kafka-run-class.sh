#!/bin/bash
exec java ${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_LOG4J_OPTS:-} ${KAFKA_OPTS:-} -cp "/opt/kafka/libs/*" "$@"
