#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Is the Debian package whole, and does it install, upgrade and go?
#
#   scripts/check-deb.sh [-s] [-b BUILD] [-f COMMIT]
#
#   -s  the short form, as ./test runs it: make the package, look at what is
#       in it, unpack it over that of an earlier commit under a centre which
#       that made; needs no root
#   -b  a build directory to use (again); the earlier package stays beside it
#   -f  that earlier commit, instead of FROM below
# The long form lets dpkg do it in a minimal Debian root, made as
# scripts/check-minimal-root.sh makes it: it needs root and mmdebstrap.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
assume_yes=1
. "$root/scripts/lib.sh"

# The first commit that made packages.
FROM=734e85c

short=0 build= from=$FROM
while getopts sb:f: option; do
	case $option in
	s) short=1 ;;
	b) build=$OPTARG ;;
	f) from=$OPTARG ;;
	*) exit 2 ;;
	esac
done

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
wrong=0
bad() {
	say "wrong: $*"
	wrong=$((wrong + 1))
}

deb=$("$root/packaging/deb.sh" ${build:+-b "$build"} "$work/new")

# --- what is in it -------------------------------------------------------------
dpkg-deb --contents "$deb" >"$work/contents"
[ -s "$work/contents" ] || bad "an empty package"
awk '$2 != "root/root" { print; n++ } END { exit n > 0 }' "$work/contents" ||
    bad "not everything is root's"
# Nothing set-uid, nothing that others may write.
awk '$1 ~ /[sS]|^.{5}w|^.{8}w/ && $1 !~ /^l/ { print; n++ }
    END { exit n > 0 }' "$work/contents" || bad "modes that are too wide"
for path in usr/sbin/surguchd usr/sbin/surguchctl \
    usr/libexec/surguch/surguch-front usr/libexec/surguch/surguch-signer \
    usr/libexec/surguch/surguch-ocsp usr/libexec/surguch/surguch-centre \
    usr/libexec/surguch/surguch-courier \
    usr/lib/systemd/system/surguchd.service usr/lib/sysusers.d/surguch.conf \
    usr/lib/tmpfiles.d/surguch.conf usr/share/surguch/profiles/root-ca.conf \
    usr/share/surguch/web/index.html usr/share/surguch/web/index.html.gz \
    usr/share/man/man8/surguchd.8.gz usr/share/doc/surguch/copyright; do
	grep -q " \./$path\$" "$work/contents" || bad "no $path"
done
# Places that are the administrator's.
grep -E ' \./(etc|var|run|home|tmp|usr/local)/' "$work/contents" &&
    bad "files where a package has none"
for field in Package Version Architecture Maintainer Depends Description; do
	[ -n "$(dpkg-deb -f "$deb" "$field")" ] || bad "no field $field"
done
dpkg-deb -f "$deb" Depends | grep -Eq 'libgtk|libnss3' &&
    bad "a server would get a desktop's libraries"
dpkg-deb -f "$deb" Depends | grep -q libengine-gost-openssl ||
    bad "it does not depend on the GOST engine"

# --- the workstation's ------------------------------------------------------------
station=$(ls "$work"/new/surguch-workstation_*.deb)
dpkg-deb --contents "$station" >"$work/station"
awk '$2 != "root/root" || $1 ~ /[sS]|^.{5}w|^.{8}w/ && $1 !~ /^l/ {
    print; n++ } END { exit n > 0 }' "$work/station" ||
    bad "owners or modes of the workstation's package"
for path in usr/bin/surguch usr/bin/surguch-agent \
    usr/libexec/surguch/surguch-window etc/xdg/autostart/surguch-agent.desktop \
    usr/share/man/man1/surguch-agent.1.gz \
    usr/share/man/man8/surguch-window.8.gz; do
	grep -q " \./$path\$" "$work/station" || bad "no $path for workstations"
done
# --- the mirrors' ------------------------------------------------------------------
served=$(ls "$work"/new/surguch-trustd_*.deb)
dpkg-deb --contents "$served" >"$work/served"
awk '$2 != "root/root" || $1 ~ /[sS]|^.{5}w|^.{8}w/ && $1 !~ /^l/ {
    print; n++ } END { exit n > 0 }' "$work/served" ||
    bad "owners or modes of the mirrors' package"
for path in usr/sbin/surguch-trustd usr/lib/sysusers.d/surguch-trustd.conf \
    usr/lib/systemd/system/surguch-trustd.service \
    usr/share/surguch/web-mirror/index.html \
    usr/share/man/man8/surguch-trustd.8.gz; do
	grep -q " \./$path\$" "$work/served" || bad "no $path for mirrors"
done
dpkg-deb -f "$served" Depends | grep -Eq 'libgtk|libnss3|libpq|sqlite' &&
    bad "a mirror's server would get a centre's or a desktop's libraries"
dpkg-deb -R "$served" "$work/served.tree"
(cd "$work/served.tree" && md5sum --quiet -c DEBIAN/md5sums) ||
    bad "md5sums of the mirrors' package"
for script in postinst prerm postrm; do
	sh -n "$work/served.tree/DEBIAN/$script" || bad "$script of mirrors"
done
"$work/served.tree/usr/sbin/surguch-trustd" --version |
    grep -Eq '^surguch-trustd [0-9.]+$' || bad "surguch-trustd --version"
grep -rlaE 'SURGUCH_(CLOCK_FD|SEAM_FD|TEST_)' "$work/served.tree/usr/sbin" &&
    bad "test hooks in a release"
if command -v systemd-analyze >/dev/null 2>&1 &&
    systemd-analyze verify --root="$work/served.tree" surguch-trustd.service \
	2>&1 | grep -Ei 'unknown|parse|invalid|ignoring'; then
	bad "the unit of mirrors"
fi

# dpkg lets no two packages have one file.
for list in contents station served; do
	awk '$1 !~ /^d/ { print $6 }' "$work/$list" | sort >"$work/$list.files"
done
sort "$work/contents.files" "$work/station.files" "$work/served.files" |
    uniq -d | grep . && bad "files that two packages have"
for name in libgtk-3-0 libnss3 pinentry libengine-gost-openssl; do
	dpkg-deb -f "$station" Depends | grep -q "$name" ||
	    bad "the workstation's package does not depend on $name"
done
dpkg-deb -R "$station" "$work/station.tree"
(cd "$work/station.tree" && md5sum --quiet -c DEBIAN/md5sums) ||
    bad "md5sums of the workstation's package"
"$work/station.tree/usr/bin/surguch" help >/dev/null || bad "surguch help"
grep -rlaE 'SURGUCH_(CLOCK_FD|SEAM_FD|TEST_)' "$work/station.tree/usr/bin" \
    "$work/station.tree/usr/libexec" && bad "test hooks in a release"

# --- unpacked --------------------------------------------------------------------
dpkg-deb -R "$deb" "$work/tree"
(cd "$work/tree" && md5sum --quiet -c DEBIAN/md5sums) || bad "md5sums"
for script in postinst prerm postrm; do
	sh -n "$work/tree/DEBIAN/$script" || bad "$script"
done
"$work/tree/usr/sbin/surguchd" --version | grep -Eq '^surguchd [0-9.]+$' ||
    bad "surguchd --version"
"$work/tree/usr/sbin/surguchctl" help >/dev/null || bad "surguchctl help"
for dir in sbin libexec; do
	grep -rlaE 'SURGUCH_(CLOCK_FD|SEAM_FD|TEST_)' "$work/tree/usr/$dir" &&
	    bad "test hooks in a release"
done
# A root without systemd has not the units and programs that it refers to;
# what it does not understand is all that counts.
if command -v systemd-analyze >/dev/null 2>&1 &&
    systemd-analyze verify --root="$work/tree" surguchd.service 2>&1 |
    grep -Ei 'unknown|parse|invalid|ignoring'; then
	bad "the unit"
fi
[ "$wrong" -eq 0 ] || die "$wrong things are wrong with the package"
say "the package is whole: ${deb##*/}"

# --- upgraded ----------------------------------------------------------------
# $old: an earlier package, or, where the history does not reach so far back,
# the same with a lower number.
if in_git cat-file -e "$from:packaging/deb.sh" 2>/dev/null; then
	before=${build:-$work/new/build}.from/$(in_git rev-parse "$from")
	old=$(ls "$before"/*.deb 2>/dev/null || :)
	if [ -z "$old" ]; then
		in_git clone -q --no-hardlinks "$root" "$work/src"
		git -C "$work/src" checkout -q "$from"
		made=$("$work/src/packaging/deb.sh" "$work/old")
		mkdir -p "$before"
		cp "$made" "$before"
		old=$before/${made##*/}
	fi
else
	say "commit $from is not here (a shallow clone?): the upgrade is from the" \
	    "same programs under a lower number"
	old=$("$root/packaging/deb.sh" -b "${build:-$work/new/build}" -r 0 \
	    "$work/old")
fi
dpkg --compare-versions "$(dpkg-deb -f "$deb" Version)" gt \
    "$(dpkg-deb -f "$old" Version)" || die "${old##*/} is not older"

# One place for both, as for dpkg.
chmod 0711 "$work"
dpkg-deb -R "$old" "$work/now"
sh "$root/scripts/deb-centre.sh" make "$work/now" "$work/centre" ||
    die "a centre of ${old##*/}"
rm -rf "$work/now"
mv "$work/tree" "$work/now"
sh "$root/scripts/deb-centre.sh" look "$work/now" "$work/centre" ||
    die "the centre of ${old##*/} under ${deb##*/}"
say "a centre of ${old##*/} works on under ${deb##*/}"
[ "$short" -eq 0 ] || exit 0

# --- by dpkg: installed, upgraded, removed ---------------------------------------
[ "$(id -u)" -eq 0 ] || die "the long form needs root"
command -v mmdebstrap >/dev/null 2>&1 || die "this needs mmdebstrap"
sources=/etc/apt/sources.list
[ -f /etc/apt/sources.list.d/debian.sources ] &&
    sources=/etc/apt/sources.list.d/debian.sources
chroot=$work/root
mmdebstrap --quiet --variant=minbase \
    --include=ca-certificates,curl,openssl,systemd-standalone-sysusers,systemd-standalone-tmpfiles \
    bookworm "$chroot" "$sources"
for f in /etc/resolv.conf /etc/hosts; do
	cp -L "$f" "$chroot$f"
done
cp "$old" "$chroot/old.deb"
cp "$deb" "$chroot/new.deb"
cp "$root/scripts/deb-centre.sh" "$chroot/centre.sh"
cat >"$chroot/steps.sh" <<'END'
set -eux
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y --no-install-recommends install /old.deb
[ "$(stat -c '%U %a' /var/lib/surguch/front)" = 'surguch-front 700' ]
[ "$(stat -c '%U %a' /var/lib/surguch/courier)" = 'surguch-courier 700' ]
surguchd --version
# What an administrator has made stays through an upgrade.
sh /centre.sh make '' /srv/centre
echo kept >/var/lib/surguch/front/mine
apt-get -qq -y install /new.deb
[ "$(dpkg-query -W -f '${Version}' surguch)" = "$(dpkg-deb -f /new.deb Version)" ]
sh /centre.sh look '' /srv/centre
apt-get -qq -y remove surguch
[ ! -e /usr/sbin/surguchd ]
[ "$(cat /var/lib/surguch/front/mine)" = kept ]
apt-get -qq -y install /new.deb
rm /var/lib/surguch/front/mine
apt-get -qq -y purge surguch
[ ! -e /var/lib/surguch ]
[ ! -e /etc/surguch ]
[ -z "$(dpkg -L surguch 2>/dev/null)" ]
END
unshare --mount --pid --fork --kill-child sh -euc '
	mount --make-rprivate /
	mount -t proc proc "$1/proc"
	mount --rbind /dev "$1/dev"
	mount --rbind /sys "$1/sys"
	mount -t tmpfs tmpfs "$1/tmp"
	exec chroot "$1" env -i HOME=/nonexistent LANG=C.UTF-8 \
	    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	    ${http_proxy:+http_proxy="$http_proxy"} \
	    ${https_proxy:+https_proxy="$https_proxy"} \
	    sh /steps.sh </dev/null
' sh "$chroot" || die "a step failed: see the last line above"
say "it installs, upgrades from ${old##*/}, is removed and purged"
