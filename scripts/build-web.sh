#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make the cabinet's page (web/) in the directory OUT, unless it is there and
# was made of the same files.
#
#   scripts/build-web.sh OUT
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=$1
stamp=$out.made-of
of=$(cd "$root/web" && find . -name node_modules -prune -o -type f -print |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum)
if [ -f "$out/index.html" ] &&
    [ "$(cat "$stamp" 2>/dev/null || :)" = "$of" ]; then
	exit 0
fi
sh "$root/scripts/npm-ci.sh" "$root/web"
node "$root/web/build.mjs" "$out"
printf '%s\n' "$of" >"$stamp"
