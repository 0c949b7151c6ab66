#!/usr/bin/env bash
# Makes sure that a Chromium is there for the browser tests: one that is installed, else Debian's when root, else playwright's own.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if "${BIN:-.venv/bin}/python" - <<'PY'
import pathlib, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not pathlib.Path(playwright.chromium.executable_path).exists())
PY
then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian's chromium for the browser tests" >&2
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium && exit 0
fi
echo "Installing playwright's chromium for the browser tests" >&2
"${BIN:-.venv/bin}/playwright" install chromium
