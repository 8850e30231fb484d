#!/usr/bin/env bash
# Installs what `loadtest peers` compares Farebox with (PostgreSQL and Redis, from Debian's packages). Where that is not
# possible it says so and succeeds: the comparison then says by name who was skipped.
set -euo pipefail

say() { printf 'ledgers: %s\n' "$*" >&2; }

missing=()
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null 2>&1 || missing+=(redis-server)
[ "${#missing[@]}" -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then root=(sudo -n); fi
log="${TMPDIR:-/tmp}/farebox-ledgers.log"
# They are started by the comparison itself: a service of the machine's own would only take its cores.
if command -v apt-get >/dev/null 2>&1 \
    && "${root[@]}" apt-get update -qq >"$log" 2>&1 \
    && "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    say "installed ${missing[*]}"
else
    say "${missing[*]} cannot be installed; $log says why"
fi
