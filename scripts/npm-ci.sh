#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install what DIRECTORY/package-lock.json names, unless that is there.
#
#   scripts/npm-ci.sh DIRECTORY
#
# Nothing of what is installed gets to run something of its own on the way.
set -eu

dir=$1
stamp=$dir/node_modules/.surguch-lock
lock=$(sha256sum <"$dir/package-lock.json")
[ "$(cat "$stamp" 2>/dev/null || :)" != "$lock" ] || exit 0
command -v npm >/dev/null 2>&1 || {
	echo "npm-ci: there is no npm" >&2
	exit 1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
(cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund) \
    >"$log" 2>&1 </dev/null || {
	tail -n 30 "$log" >&2
	exit 1
}
printf '%s\n' "$lock" >"$stamp"
