#!/bin/sh
# Takes out of node_modules what no running program reads: types, source maps, sources of compiled packages, readmes. Half of it.
set -eu
find "$1" -type f \( \
  -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.flow' \
  -o -iname 'readme*' -o -iname 'changelog*' -o -iname 'history.md' -o -name 'AGENTS.md' -o -name '.*rc' -o -name '.editorconfig' \
  \) -delete
find "$1" -depth -type d -empty -delete
