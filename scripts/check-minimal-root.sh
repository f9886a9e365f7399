#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does a fresh clone pass on a machine that has nothing?  Makes a minimal
# Debian root (with the package sources that this machine is set up with),
# clones the committed tree into it and runs a command there, by default
# `./test </dev/null`, as root and without a terminal.
#
#   scripts/check-minimal-root.sh [-k] [COMMAND...]
#
#   -k  keep the root afterwards and say where it is; SURGUCH_MINIMAL_ROOT
#       names one that was kept, to be used again
# Needs root, mmdebstrap and git.  It takes a gigabyte or two in $TMPDIR.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
assume_yes=1
. "$root/scripts/lib.sh"

keep=0
if [ "${1-}" = -k ]; then
	keep=1
	shift
fi
[ $# -gt 0 ] || set -- ./test

work=${SURGUCH_MINIMAL_ROOT-}
made=0
if [ -z "$work" ]; then
	work=$(mktemp -d)
	made=1
fi
chroot=$work/root

# What is mounted inside goes away with the namespace of `inside`; only files
# are left to remove.
finish() {
	if [ "$made" -eq 1 ] && [ "$keep" -eq 0 ]; then
		rm -rf --one-file-system "$work"
	else
		say "kept: SURGUCH_MINIMAL_ROOT=$work"
	fi
}
trap finish EXIT

minimal_root "$chroot" git,ca-certificates

rm -rf "$chroot/srv/surguch" "$chroot/srv/shared"
git -c safe.directory='*' clone -q --no-hardlinks "$root" "$chroot/srv/surguch"
data=${SURGUCH_REFERENCE_DATA-$root/../shared/data}
if [ -d "$data" ]; then
	mkdir -p "$chroot/srv/shared"
	cp -a "$data" "$chroot/srv/shared/data"
fi

# A namespace of its own for mounts and processes; no environment of ours but
# what apt needs to get out.
say "In the minimal root: $*"
unshare --mount --pid --fork --kill-child sh -euc '
	mount --make-rprivate /
	mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
	mount -t sysfs sysfs "$1/sys" 2>/dev/null || mount --rbind /sys "$1/sys"
	mount -t tmpfs tmpfs "$1/tmp"
	chroot=$1
	shift
	exec chroot "$chroot" env -i HOME=/nonexistent LANG=C.UTF-8 \
	    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	    ${http_proxy:+http_proxy="$http_proxy"} \
	    ${https_proxy:+https_proxy="$https_proxy"} \
	    ${SURGUCH_CI:+SURGUCH_CI="$SURGUCH_CI"} \
	    sh -euc "cd /srv/surguch && exec \"\$@\" </dev/null" sh "$@"
' sh "$chroot" "$@"
