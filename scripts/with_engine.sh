#!/usr/bin/env bash
# Runs a command beside a fresh engine: `scripts/with_engine.sh TARGET_DIR COMMAND...`. The engine keeps its
# data in a temporary folder and listens on a free port; the command finds it by FAREBOX_URL and FAREBOX_KEY.
set -euo pipefail

target=$1
shift
home=$(mktemp -d "${TMPDIR:-/tmp}/farebox.XXXXXX")
engine=
stop() {
    status=$?
    if [ -n "$engine" ]; then
        kill -TERM "$engine" 2>/dev/null || true
        wait "$engine" 2>/dev/null || true
    fi
    if [ "$status" -ne 0 ]; then tail -n 20 "$home/stderr.log" >&2 || true; fi
    rm -rf "$home"
    exit "$status"
}
trap stop EXIT

"$target/debug/farebox" serve --data-dir "$home/data" --listen 127.0.0.1:0 >"$home/stdout.log" 2>"$home/stderr.log" &
engine=$!
for _ in $(seq 1 600); do
    url=$(sed -n 's/^listening on \(http:[^ ]*\).*/\1/p' "$home/stdout.log")
    [ -n "$url" ] && break
    kill -0 "$engine" 2>/dev/null || { echo "the engine did not start" >&2; exit 1; }
    sleep 0.1
done
[ -n "$url" ] || { echo "the engine did not listen within a minute" >&2; exit 1; }

FAREBOX_KEY=$(cat "$home/data/operator.key") FAREBOX_URL=$url "$@"
