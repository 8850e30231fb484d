#!/usr/bin/env bash
# Builds the wallet page where Node.js is there and something has changed; else says what to install, and succeeds: the
# engine is built without the page and says so at its address. `scripts/ui.sh --must` fails instead.
set -euo pipefail
cd "$(dirname "$0")/../ui"

say() { printf 'ui: %s\n' "$*" >&2; }
wanted=20.19

has_node() {
    command -v npm >/dev/null 2>&1 || return 1
    local found
    found=$(node --version 2>/dev/null) || return 1
    [ "$(printf '%s\n%s\n' "$wanted" "${found#v}" | sort -V | head -n 1)" = "$wanted" ]
}

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
