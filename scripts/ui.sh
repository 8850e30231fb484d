#!/usr/bin/env bash
# Builds the wallet page where Node.js is there and something has changed; else says what to install, and succeeds: the
# engine is built without the page and says so at its address. `scripts/ui.sh --must` installs Debian's Node.js where that
# is new enough, and fails where it is not.
set -euo pipefail
cd "$(dirname "$0")/../ui"

say() { printf 'ui: %s\n' "$*" >&2; }
wanted=20.19

is_new_enough() { [ "$(printf '%s\n%s\n' "$wanted" "$1" | sort -V | head -n 1)" = "$wanted" ]; }

has_node() {
    command -v npm >/dev/null 2>&1 || return 1
    local found
    found=$(node --version 2>/dev/null) || return 1
    is_new_enough "${found#v}"
}

install_node() {
    command -v apt-get >/dev/null 2>&1 || return 0
    local root=() candidate
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq >&2
    candidate=$(apt-cache policy nodejs | sed -n 's/^ *Candidate: //p')
    is_new_enough "${candidate:-0}" || return 0
    say "installing nodejs and npm"
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >&2
}

if ! has_node && [ "${1:-}" = --must ]; then install_node; fi

if ! has_node; then
    say "the wallet page is not built: it needs Node.js $wanted or newer with npm (https://nodejs.org)"
    [ "${1:-}" = --must ] && exit 1
    exit 0
fi
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing what the page is built with"
    npm ci --no-audit --no-fund --loglevel=error >&2
fi
stamp=built/page/index.html.gz
if [ -e "$stamp" ] && [ -z "$(find src index.html package.json package-lock.json vite.config.ts tsconfig.json \
    -newer "$stamp" -print -quit)" ]; then
    exit 0
fi
say "building the wallet page"
npm run --silent build >&2
