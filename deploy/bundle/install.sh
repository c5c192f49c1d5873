#!/bin/sh
# install.sh [FOLDER]: puts logpatrol into FOLDER (/opt/logpatrol), without any network. As root on a machine with systemd it also makes
# the user logpatrol, /etc/logpatrol and the unit; it starts nothing. An installation that is there is replaced as a whole, and
# what it had (configuration, data) is elsewhere and stays.
set -eu
from=$(cd "$(dirname "$0")" && pwd)
to=${1:-/opt/logpatrol}
(cd "$from" && sha256sum --quiet --check SHA256SUMS) || { echo "the archive is damaged: unpack it again" >&2; exit 1; }
mkdir -p "$(dirname "$to")"
rm -rf "$to.new"
cp -R "$from" "$to.new"
rm -rf "$to.old"
if [ -e "$to" ]; then mv "$to" "$to.old"; fi
mv "$to.new" "$to"
rm -rf "$to.old"
echo "logpatrol is in $to: $to/bin/logpatrol --help"
if [ "$(id -u)" = 0 ] && [ "$to" = /opt/logpatrol ] && [ -d /run/systemd/system ]; then
  id logpatrol >/dev/null 2>&1 || useradd --system --home-dir /var/lib/logpatrol --shell /usr/sbin/nologin logpatrol
  install -d -m 0750 -o root -g logpatrol /etc/logpatrol
  [ -e /etc/logpatrol/logpatrol.yaml ] || install -m 0640 -o root -g logpatrol /dev/null /etc/logpatrol/logpatrol.yaml
  ln -sf "$to/bin/logpatrol" /usr/local/bin/logpatrol
  install -m 0644 "$to/app/deploy/systemd/logpatrol.service" /etc/systemd/system/logpatrol.service
  systemctl daemon-reload
  echo "set it up in /etc/logpatrol/logpatrol.yaml (an example: $to/app/logpatrol.example.yaml), then: systemctl enable --now logpatrol"
fi
