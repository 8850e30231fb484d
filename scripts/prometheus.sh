#!/usr/bin/env bash
# Installs Prometheus with promtool from Debian's packages where they are missing, without starting its service. Where
# that is not possible it says so and succeeds: the tests then say by name that they were skipped.
set -euo pipefail

has() { command -v "$1" >/dev/null 2>&1; }
has prometheus && has promtool && exit 0

log="$HOME/.cache/farebox/prometheus.log"
mkdir -p "$(dirname "$log")"
root=()
[ "$(id -u)" -eq 0 ] || root=(sudo -n)
install() {
    has apt-get || { echo "no apt-get on this machine"; return 1; }
    "${root[@]}" apt-get update -qq || return 1
    # The package's service would scrape a machine that nobody asked it to.
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -qq --no-install-recommends prometheus
}
install >"$log" 2>&1 || true
has prometheus && has promtool || echo "prometheus: it cannot be installed; $log says why" >&2
