#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make the pages (web/), unless they are there and were made of the same files:
# the cabinet's in the directory OUT, that of mirrors in OUT-mirror.
#
#   scripts/build-web.sh OUT
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=$1
stamp=$out.made-of
of=$(cd "$root/web" && find . -name node_modules -prune -o -type f -print |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum)
if [ -f "$out/index.html" ] && [ -f "$out-mirror/index.html" ] &&
    [ "$(cat "$stamp" 2>/dev/null || :)" = "$of" ]; then
	exit 0
fi
sh "$root/scripts/npm-ci.sh" "$root/web"
node "$root/web/build.mjs" "$out"
printf '%s\n' "$of" >"$stamp"
