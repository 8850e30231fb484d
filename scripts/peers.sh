#!/usr/bin/env bash
# Installs what the peer tests compare with (Stripe's own Python library, and a fake Stripe that is not ours; readers of
# CSV and Parquet that are not ours; pyarrow, which the documentation's example sends events by) into environments of
# their own outside the checkout. Where that is not possible it says so and succeeds: the tests then say by name that
# they were skipped.
set -euo pipefail

# An environment and its packages. Known to work; other versions may answer otherwise.
install() {
    local home="$HOME/.cache/farebox/$1"
    shift
    if [ "$(cat "$home/installed" 2>/dev/null)" = "$*" ]; then return; fi
    rm -rf "$home"
    mkdir -p "$home"
    if python3 -m venv "$home" >"$home.log" 2>&1 \
        && "$home/bin/pip" install --disable-pip-version-check "$@" >>"$home.log" 2>&1; then
        echo "$*" >"$home/installed"
    else
        rm -rf "$home"
        echo "peers: $* cannot be installed; $home.log says why" >&2
    fi
}

install peers stripe==16.1.0 localstripe==1.15.10
install readers duckdb==2.0.1 pyarrow==26.0.1
