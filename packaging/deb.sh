#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make the Debian packages of this tree: surguch, the centre, and beside it
# surguch-workstation, what people have on their computers, and surguch-trustd,
# which serves mirrors of trusted roots and wants no centre.
#
#   packaging/deb.sh [-b BUILD] [-r REVISION] OUT-DIRECTORY
#
#   -b  a build directory to use (again); else one in OUT-DIRECTORY
#   -r  the package's revision behind the version of meson.build, by default
#       the number of commits, so that a later commit's package is newer
# Prints the first one's path.  They are the same whoever makes them: owners are root,
# times are the commit's.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
assume_yes=1
. "$root/scripts/lib.sh"

build= revision=
while getopts b:r: option; do
	case $option in
	b) build=$OPTARG ;;
	r) revision=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 1 ] || die "usage: packaging/deb.sh [-b BUILD] [-r REVISION] OUT"
mkdir -p "$1"
out=$(cd "$1" && pwd)
: "${build:=$out/build}"

if [ ! -f "$build/build.ninja" ]; then
	meson setup "$build" "$root" --prefix=/usr --libexecdir=libexec \
	    --sysconfdir=/etc --localstatedir=/var --strip -Dtests=false \
	    -Dsystemd=true -Dweb=true >"$out/setup.log" 2>&1 ||
	    { cat "$out/setup.log" >&2; exit 1; }
else
	# One that was set up before there was a page.
	meson configure "$build" -Dweb=true
fi
ninja -C "$build" >"$out/build.log" 2>&1 ||
    { tail -50 "$out/build.log" >&2; exit 1; }

version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$root/meson.build")
[ -n "$revision" ] || revision=$(in_git rev-list --count HEAD)
arch=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=$(in_git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
tree=$out/tree
rm -rf "$tree"
(umask 022 && DESTDIR=$tree meson install -C "$build" --no-rebuild --quiet)

# What is a workstation's: of the centre's package it would bring a desktop's
# libraries to a server.
station=$out/workstation
rm -rf "$station"
for path in usr/bin usr/libexec/surguch/surguch-window usr/share/man/man1 \
    usr/share/man/man8/surguch-window.8; do
	mkdir -p "$station/${path%/*}"
	mv "$tree/$path" "$station/$path"
done
install -D -m 644 "$root/packaging/workstation/surguch-agent.desktop" \
    "$station/etc/xdg/autostart/surguch-agent.desktop"

served=$out/served
rm -rf "$served"
for path in usr/sbin/surguch-trustd usr/share/man/man8/surguch-trustd.8 \
    usr/lib/systemd/system/surguch-trustd.service \
    usr/lib/sysusers.d/surguch-trustd.conf usr/share/surguch/web-mirror; do
	mkdir -p "$served/${path%/*}"
	mv "$tree/$path" "$served/$path"
done

# Where the administrator puts its settings.
mkdir -p "$served/etc/surguch"

# Packages that hold the libraries which the programs under $1 name.
libraries_of() {
	find "$1/usr" -type f -perm -100 -exec ldd {} + 2>/dev/null |
	    sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u |
	    while read -r library; do
		dpkg -S "$(readlink -f "$library")" 2>/dev/null ||
		    dpkg -S "$library" || die "no package has $library"
	done | sed 's/:.*//' | sort -u | tr '\n' ','
}

# package NAME TREE DEPENDS SECTION, with more lines of its control file on
# standard input: the description last.
package() {
	_doc=$2/usr/share/doc/$1
	_depends=$(libraries_of "$2")$3
	find "$2/usr/share/man" -type f ! -name '*.gz' -exec gzip -9n {} +
	mkdir -p "$_doc" "$2/DEBIAN"
	cp "$root/README.md" "$root/docs/security.md" "$_doc"
	{
		printf 'Format: https://www.debian.org/doc/packaging-manuals/'
		printf 'copyright-format/1.0/\n\nFiles: *\n'
		printf 'Copyright: the authors of surguch\nLicense: Apache-2.0\n'
		printf ' On Debian systems the text is in\n'
		printf ' /usr/share/common-licenses/Apache-2.0.\n'
	} >"$_doc/copyright"
	{
		printf 'Package: %s\nVersion: %s\nSection: %s\n' "$1" \
		    "$version-$revision" "$4"
		printf 'Priority: optional\nArchitecture: %s\n' "$arch"
		printf 'Maintainer: the authors of surguch <surguch@localhost>\n'
		printf 'Installed-Size: %s\n' \
		    "$(du -ks --exclude=DEBIAN "$2" | cut -f1)"
		printf 'Depends: %s\n' \
		    "$(printf '%s' "$_depends" | sed 's/,/, /g')"
		cat
	} >"$2/DEBIAN/control"
	(cd "$2" && find usr -type f -printf '%P\n' | sed 's|^|usr/|' | sort |
	    xargs -d '\n' md5sum) >"$2/DEBIAN/md5sums"
	chmod -R go-w,u+rwX,go+rX "$2"
	dpkg-deb --root-owner-group --build "$2" \
	    "$out/$1_$version-${revision}_$arch.deb" >/dev/null
}

# Loaded by name: the GOST engine.
engine=libengine-gost-openssl,ca-certificates

mkdir -p "$tree/DEBIAN" "$station/DEBIAN" "$served/DEBIAN"
for script in postinst prerm postrm; do
	install -m 755 "$root/packaging/debian/$script" "$tree/DEBIAN/$script"
	install -m 755 "$root/packaging/debian/trustd.$script" \
	    "$served/DEBIAN/$script"
done
echo /etc/xdg/autostart/surguch-agent.desktop >"$station/DEBIAN/conffiles"

package surguch-workstation "$station" \
    "$engine,pinentry-gtk2 | pinentry-gnome3 | pinentry-qt | pinentry" \
    utils <<END
Breaks: surguch (<< $version-$revision)
Replaces: surguch (<< $version-$revision)
Description: certificates at a workstation: agent, windows, command line
 What a person needs to obtain and use a certificate in a browser: the agent
 that makes keys and signs for the pages of trusted centres, its windows, and
 the command line for containers, cabinets and the browsers' stores.
END
package surguch-trustd "$served" "$engine,systemd | systemd-standalone-sysusers" \
    net <<END
Suggests: surguch-workstation
Description: mirrors of trusted roots, served to Windows and Linux
 Gives the machines of a network without the internet their lists of trusted
 roots over HTTP, verified, out of directories that "surguch trust mirror"
 keeps.
END
package surguch "$tree" "$engine,$(
	printf '%s' 'systemd | systemd-standalone-sysusers,' \
	    'systemd | systemd-standalone-tmpfiles')" net <<END
Suggests: surguch-workstation
Description: self-hosted certificate centre
 A certification authority with a registry of people and organisations,
 Russian (GOST) and international algorithms, CRLs, OCSP, an audit that shows
 every change, and a command line for administrators.
END
say "$out/surguch_$version-${revision}_$arch.deb"
