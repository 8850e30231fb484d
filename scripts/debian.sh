#!/usr/bin/env bash
# Installs Debian's packages where they are missing: `debian.sh PACKAGE=COMMAND ...`, each with a command (or a pattern of
# paths) that it brings. Their services are not started. Where that is not possible it says so and succeeds: whatever needs
# them then says by name that it was skipped.
set -euo pipefail

has() { command -v "$1" >/dev/null 2>&1 || compgen -G "$1" >/dev/null; }

missing=()
for wanted in "$@"; do
    has "${wanted#*=}" || missing+=("${wanted%%=*}")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

log="$HOME/.cache/farebox/packages.log"
mkdir -p "$(dirname "$log")"
root=()
[ "$(id -u)" -eq 0 ] || root=(sudo -n)
install() {
    has apt-get || { echo "no apt-get on this machine"; return 1; }
    "${root[@]}" apt-get update -qq || return 1
    # Services of the machine's own would take its cores.
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
if install >"$log" 2>&1; then
    echo "installed ${missing[*]}" >&2
else
    echo "${missing[*]} cannot be installed; $log says why" >&2
fi
