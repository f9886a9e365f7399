# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Common to the walks of scripts/check-systemd.sh; sourced, not run.

bad() {
	echo "$(basename "$0" .sh): $*" >&2
	exit 1
}

# Until it is so, for half a minute.
until_so() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -le 60 ] || bad "waited for: $*"
		sleep 0.5
	done
}
