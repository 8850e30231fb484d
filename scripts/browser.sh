#!/usr/bin/env bash
# Drives the wallet page in Chromium against the real binary: `scripts/browser.sh TARGET_DIR`. Pictures of every page are
# left in ui/test-output/.
set -euo pipefail
cd "$(dirname "$0")/.."
chromium=$(scripts/chromium.sh)
exec node ui/browser/run.mjs "$1/debug/farebox" "$chromium"
