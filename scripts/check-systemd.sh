#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does the packaged unit run under a real systemd?  Makes a minimal Debian root,
# boots it in a container, installs the package of this tree and walks the
# README's "A centre of your own" there: users, ceremony, unit, operator,
# certificate, revocation; then reload, a killed parent, an upgrade, removal.
# And the server of mirrors: its packages, rings, feed and administrator's door.
#
#   scripts/check-systemd.sh [-k] [centre|trustd]
#
#   -k  keep the root afterwards; SURGUCH_MINIMAL_ROOT names one that was kept
# The mirrors are made of the reference data.
# Needs root, mmdebstrap and systemd-nspawn.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
assume_yes=1
. "$root/scripts/lib.sh"

keep=0
if [ "${1-}" = -k ]; then
	keep=1
	shift
fi
walks=${1-centre trustd}
data=${SURGUCH_REFERENCE_DATA-$root/../shared/data}/trust
command -v systemd-nspawn >/dev/null 2>&1 || die "this needs systemd-nspawn"

work=${SURGUCH_MINIMAL_ROOT-$(mktemp -d)}
chroot=$work/root
nspawn=

finish() {
	if [ -n "$nspawn" ]; then
		kill "$nspawn" 2>/dev/null || :
		wait "$nspawn" 2>/dev/null || :
	fi
	if [ "$keep" -eq 1 ]; then
		say "kept: SURGUCH_MINIMAL_ROOT=$work"
	else
		rm -rf --one-file-system "$work"
	fi
}
trap finish EXIT

minimal_root "$chroot" \
    systemd,systemd-sysv,dbus,openssl,libengine-gost-openssl,curl,ca-certificates
"$root/packaging/deb.sh" "$work/deb" >/dev/null
cp "$work"/deb/surguch_*.deb "$chroot/srv/surguch.deb"
for name in trustd workstation; do
	cp "$work/deb/surguch-${name}_"*.deb "$chroot/srv/surguch-$name.deb"
done
cp "$root"/scripts/systemd-walk*.sh "$chroot/srv/"
case $walks in
*trustd*)
	[ -d "$data" ] || die "no reference data at $data"
	rm -rf "$chroot/srv/real" "$chroot/srv/old"
	mkdir "$chroot/srv/old"
	cp -r "$data/mirror-20210126" "$chroot/srv/real"
	cp "$data"/mirror-20210126/*.crt "$chroot/srv/old/"
	cp "$data/cab/authrootstl-20200518.cab" \
	    "$chroot/srv/old/authrootstl.cab"
	cp "$data"/sst/7991e834f7e2eedd08950152e9552d14e958d57e.crt \
	    "$chroot/srv/old/"
	;;
esac

# Its network is this machine's own; the filter of system calls lets through
# what the roles confine themselves with.
systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$chroot" \
    --system-call-filter="landlock_create_ruleset landlock_add_rule \
landlock_restrict_self seccomp" >"$work/boot.log" 2>&1 </dev/null &
nspawn=$!

inside() {
	leader=$(cat "/proc/$nspawn/task/$nspawn/children")
	# shellcheck disable=SC2086 # one number and a space
	nsenter --target ${leader:-0} --mount --uts --ipc --pid --root --wd \
	    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"
}

tries=0
until state=$(inside systemctl is-system-running 2>/dev/null) ||
    [ "$state" = degraded ]; do
	tries=$((tries + 1))
	[ "$tries" -le 60 ] || die "systemd does not start; see $work/boot.log"
	sleep 1
done
walk() { # SCRIPT UNIT
	inside sh "/srv/$1" ||
	    die "the walk failed; the journal's end: $(inside journalctl -b \
	        -u "$2" --no-pager -n 30)"
}
case $walks in
*centre*) walk systemd-walk.sh surguchd ;;
esac
case $walks in
*trustd*) walk systemd-walk-trustd.sh surguch-trustd ;;
esac
say "$walks: ran under $(inside systemctl --version | head -1)"
