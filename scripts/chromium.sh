#!/usr/bin/env bash
# Prints where Chromium is; installs Debian's where there is none and that can be done.
set -euo pipefail

find_it() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if ! find_it >/dev/null 2>&1; then
    echo "chromium: it is missing, installing it" >&2
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "chromium: install Chromium with your system's package manager, then try again" >&2
        exit 1
    fi
    root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" apt-get update -qq >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null
fi
find_it
