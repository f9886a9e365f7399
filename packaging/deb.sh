#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make a Debian package of this tree.
#
#   packaging/deb.sh [-b BUILD] [-r REVISION] OUT-DIRECTORY
#
#   -b  a build directory to use (again); else one in OUT-DIRECTORY
#   -r  the package's revision behind the version of meson.build, by default
#       the number of commits, so that a later commit's package is newer
# Prints the file's path.  It is the same whoever makes it: owners are root,
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

# Packages that hold the libraries which the programs name.
depends=$(for program in "$tree"/usr/bin/* "$tree"/usr/sbin/* \
    "$tree"/usr/libexec/surguch/*; do
	ldd "$program" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'
done | sort -u | while read -r library; do
	dpkg -S "$(readlink -f "$library")" 2>/dev/null ||
	    dpkg -S "$library" || die "no package has $library"
done | sed 's/:.*//' | sort -u | tr '\n' ',')
# Loaded by name: the GOST engine.
depends=$depends"libengine-gost-openssl,ca-certificates"
depends=$depends",systemd | systemd-standalone-sysusers"
depends=$depends",systemd | systemd-standalone-tmpfiles"

find "$tree/usr/share/man" -type f -exec gzip -9n {} +
doc=$tree/usr/share/doc/surguch
mkdir -p "$doc" "$tree/DEBIAN"
cp "$root/README.md" "$root/docs/security.md" "$doc"
{
	printf 'Format: https://www.debian.org/doc/packaging-manuals/'
	printf 'copyright-format/1.0/\n\nFiles: *\n'
	printf 'Copyright: the authors of surguch\nLicense: Apache-2.0\n'
	printf ' On Debian systems the text is in\n'
	printf ' /usr/share/common-licenses/Apache-2.0.\n'
} >"$doc/copyright"
cat >"$tree/DEBIAN/control" <<END
Package: surguch
Version: $version-$revision
Section: net
Priority: optional
Architecture: $arch
Maintainer: the authors of surguch <surguch@localhost>
Installed-Size: $(du -ks --exclude=DEBIAN "$tree" | cut -f1)
Depends: $(printf '%s' "$depends" | sed 's/,/, /g')
Description: self-hosted certificate centre
 A certification authority with a registry of people and organisations,
 Russian (GOST) and international algorithms, CRLs, OCSP, an audit that shows
 every change, and a command line for administrators and certificate owners.
END
(cd "$tree" && find usr -type f -printf '%P\n' | sed 's|^|usr/|' | sort |
    xargs -d '\n' md5sum) >"$tree/DEBIAN/md5sums"
for script in postinst prerm postrm; do
	install -m 755 "$root/packaging/debian/$script" "$tree/DEBIAN/$script"
done
chmod -R go-w,u+rwX,go+rX "$tree"
file=$out/surguch_$version-${revision}_$arch.deb
dpkg-deb --root-owner-group --build "$tree" "$file" >/dev/null
say "$file"
