#!/usr/bin/env bash
# Installs what the peer tests compare with (Stripe's own Python library, and a fake Stripe that is not ours) into an
# environment of its own outside the checkout. Where that is not possible it says so and succeeds: the tests then
# say by name that they were skipped.
set -euo pipefail

home="$HOME/.cache/farebox/peers"
# Known to work; other versions may answer otherwise.
packages=(stripe==16.1.0 localstripe==1.15.10)

if [ "$(cat "$home/installed" 2>/dev/null)" = "${packages[*]}" ]; then exit 0; fi
rm -rf "$home"
mkdir -p "$home"
if python3 -m venv "$home" >"$home.log" 2>&1 \
    && "$home/bin/pip" install --disable-pip-version-check "${packages[@]}" >>"$home.log" 2>&1; then
    echo "${packages[*]}" >"$home/installed"
else
    rm -rf "$home"
    echo "peers: ${packages[*]} cannot be installed; $home.log says why" >&2
fi
