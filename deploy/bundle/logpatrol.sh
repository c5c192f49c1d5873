#!/bin/sh
# Starts the logpatrol of this folder with the Node that came with it.
set -eu
here=$(readlink -f "$0")
home=$(dirname "$(dirname "$here")")
exec "$home/bin/node" "$home/app/cli/logpatrol.js" "$@"
