#!/bin/sh
# debian.sh FOLDER NAME: Debian's smallest system as an image, slimmed as the official `-slim` images are.
set -eu
debootstrap --variant=minbase bookworm "$1/root" >"$1/log" 2>&1 || { tail -n 20 "$1/log" >&2; exit 1; }
cd "$1/root"
rm -rf var/cache/apt/* var/lib/apt/lists/* var/log/* usr/share/doc/* usr/share/man/* usr/share/info/* usr/share/locale/* \
  usr/share/lintian usr/share/groff
# As on this machine: where Debian's packages come from.
if [ -f /etc/apt/sources.list.d/debian.sources ]; then
  rm -f etc/apt/sources.list
  cp /etc/apt/sources.list.d/debian.sources etc/apt/sources.list.d/
fi
tar -c . | docker import --change 'CMD ["bash"]' - "$2" >/dev/null
