#!/bin/sh
# prune.sh NODE_MODULES: takes out what no running program reads: types, source maps, sources of compiled packages, readmes, and copies
# for bundlers (the field `module` of package.json, which Node does not look at). Half of it.
set -eu
find "$1" -type f \( \
  -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.flow' \
  -o -iname 'readme*' -o -iname 'changelog*' -o -iname 'history.md' -o -name 'AGENTS.md' -o -name '.*rc' -o -name '.editorconfig' \
  \) -delete
rm -rf "$1"/@larksuiteoapi/node-sdk/es "$1"/@opentelemetry/*/build/esm "$1"/@opentelemetry/*/build/esnext "$1"/bintrees/test
find "$1" -depth -type d -empty -delete
