#!/bin/sh
# fetch.sh MODEL: fetches it where the server does not have it. Without a name there is nothing to fetch.
set -eu
model=$1
[ -n "$model" ] || exit 0
until ollama list >/dev/null 2>&1; do sleep 2; done
if ollama show "$model" >/dev/null 2>&1; then
  echo "$model is there."
  exit 0
fi
ollama pull "$model"
