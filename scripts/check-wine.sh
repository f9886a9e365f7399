#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What do Windows' own calls, as Wine has them, make of our files?  Lists,
# cabinets, bags and certificates opened by crypt32 and setupapi, fetched from
# surguch-trustd by cryptnet, the registry's settings imported; and a store that
# they wrote, read by us.  Wine is not Windows: what neither has shown is in
# docs/evidence/2026-11-24-windows.md.
#
#	scripts/check-wine.sh BUILD [REFERENCE-DATA]
#
#	BUILD  a build directory with surguch and surguch-trustd
# Installs what it needs (section wine of packaging/packages.txt, some 0.9 GB).
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
assume_yes=1
. "$root/scripts/lib.sh"

[ $# -ge 1 ] || die "which build directory?"
build=$(cd "$1" && pwd)
data=${2-${SURGUCH_REFERENCE_DATA-$root/../shared/data}}/trust
[ -d "$data/mirror-20210126" ] || die "no reference data at $data"
packages_install wine

work=$(mktemp -d)
server=
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	wineserver -k 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
export WINEPREFIX="$work/prefix" WINEDEBUG=-all DISPLAY=
unset WAYLAND_DISPLAY

surguch=$build/src/cli/surguch
x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -O1 -o "$work/check.exe" \
    "$root/tests/wine/check.c" -lcrypt32 -lsetupapi -lcryptnet
wineboot -i >/dev/null 2>&1
cd "$work"

passed=0 failed=0
ok() { # NAME, and the command that must succeed
	_name=$1
	shift
	if "$@" >said 2>&1; then
		passed=$((passed + 1))
		say "ok $_name"
	else
		failed=$((failed + 1))
		say "not ok $_name"
		sed 's/^/# /' said
	fi
}
check() {
	wine check.exe "$@" >raw || {
		cat raw
		return 1
	}
	tr -d '\r' <raw
}
is() { # WANTED CHECK...
	_want=$1
	shift
	_got=$(check "$@") && [ -n "$_want" ] && [ "$_got" = "$_want" ] || {
		say "got $_got, not $_want"
		return 1
	}
}
fails() {
	! wine check.exe "$@"
}
entries() { # of a list, as we read it
	"$surguch" --json trust show "$@" 2>/dev/null |
	    node -e 'let s = ""; process.stdin.on("data", (d) => { s += d; })
		.on("end", () => console.log(JSON.parse(s).parts
			.find((p) => p.kind === "roots").roots.length));'
}
thumbprints() {
	sort | uniq
}

# --- a mirror ---------------------------------------------------------------

mkdir mirror feed lists
chmod 700 feed
"$surguch" trust mirror "$data/mirror-20210126" mirror --old >/dev/null 2>&1
cabextract -q -d lists mirror/authrootstl.cab
ok 'the list of roots opens, with all its entries' \
    is "$(find mirror -name '*.crt' | wc -l)" ctl lists/authroot.stl
head -c 60000 lists/authroot.stl >cut.stl
ok 'a list that was cut does not' fails ctl cut.stl
ok "our reading of it has as many" \
    is "$(entries mirror --old)" ctl lists/authroot.stl

mkdir loose made
cp lists/authroot.stl mirror/*.crt loose
"$surguch" trust mirror loose made >/dev/null 2>&1
ok 'a cabinet of our own making is not the one that came' \
    sh -c '! cmp -s made/authrootstl.cab mirror/authrootstl.cab'
for cab in mirror made; do
	rm -f out.stl
	cp "$cab/authrootstl.cab" in.cab
	ok "setupapi unpacks the cabinet of $cab" check cab in.cab out.stl
	ok "and finds the list in it ($cab)" cmp out.stl lists/authroot.stl
done
head -c 30000 mirror/authrootstl.cab >in.cab
ok 'a cabinet that was cut is not unpacked' fails cab in.cab out2.stl

"$surguch" trust p7b mirror --old --output all.p7b 2>/dev/null
check p7b all.p7b | thumbprints >theirs
find mirror -name '*.crt' -printf '%f\n' | sed 's/\.crt$//' | thumbprints >ours
ok 'a bag (.p7b) of ours gives all certificates' cmp ours theirs

find mirror -name '*.crt' | sort | head -20 >some
# shellcheck disable=SC2046 # names without spaces
ok 'Wine writes a store of certificates' check save wine.sst $(cat some)
ok 'which surguch reads, each certificate of it' \
    test "$("$surguch" trust show wine.sst | grep -c '^[0-9a-f]\{40\} ')" = 20

# --- over HTTP ---------------------------------------------------------------

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1",
	() => { console.log(s.address().port); s.close(); });')
printf 'address = "127.0.0.1"; port = %s; old = true;\nfeed = "%s";\n%s\n' \
    "$port" "$work/feed" "mirrors = ( { directory = \"$work/mirror\"; } );" \
    >trustd.conf
"$build/src/roles/surguch-trustd" -c trustd.conf >trustd.log 2>&1 &
server=$!
tries=0
until grep -q trustd.ready trustd.log; do
	tries=$((tries + 1))
	[ "$tries" -le 50 ] || die "surguch-trustd does not start: $(cat trustd.log)"
	sleep 0.2
done
url=http://127.0.0.1:$port
ok 'cryptnet fetches the list, its letters and query as Windows has them' \
    check get "$url/AuthRootSTL.cab?0123456789abcdef" got.cab
ok 'and has the bytes of the mirror' cmp got.cab mirror/authrootstl.cab
ok 'cryptnet fetches the disallowed list' \
    check get "$url/disallowedcertstl.cab?00" got2.cab
ok 'and has its bytes' cmp got2.cab mirror/disallowedcertstl.cab
while read -r crt; do
	name=$(basename "$crt" .crt)
	rm -f got.crt
	ok "cryptnet fetches $name" check get "$url/$name.crt" got.crt
	ok 'which is that certificate' is "$name" crt got.crt
done <some
# Of what is not there Wine gives the answer's text, as if it were the object.
ok 'what is not there is answered with words, not with a list' \
    sh -c 'wine check.exe get "$0" got3.cab; ! cmp -s got3.cab got.cab &&
	! wine check.exe cab got3.cab out3.stl' "$url/nothing.cab"

# --- the registry -------------------------------------------------------------

key='HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\AutoUpdate'
policies='HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot'
value() { # KEY NAME WANTED
	wine reg query "$1" /v "$2" 2>/dev/null | tr -d '\r' |
	    grep -q "^ *$2  *REG_[A-Z]*  *$3\$"
}
none() { # KEY NAME
	! wine reg query "$1" /v "$2" >/dev/null 2>&1
}
"$surguch" trust client-config "$url" --output settings >/dev/null
ok 'the settings are imported' wine reg import settings/surguch-roots.reg
ok 'RootDirURL is the mirror' value "$key" RootDirURL "$url"
ok 'SyncFromDirUrl too' value "$key" SyncFromDirUrl "$url"
ok 'the undoing is imported' wine reg import settings/surguch-roots-undo.reg
ok 'RootDirURL is gone' none "$key" RootDirURL
ok 'and SyncFromDirUrl' none "$key" SyncFromDirUrl
ok 'disallowed alone is imported' \
    wine reg import settings/surguch-untrusted-only.reg
ok 'no new roots' value "$policies" DisableRootAutoUpdate 0x1
ok 'but what is disallowed' value "$policies" EnableDisallowedCertAutoUpdate 0x1

# --- a list of one's own -------------------------------------------------------

openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem \
    -days 3650 -subj '/O=Org/CN=Own root' 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout signer.key -out signer.csr \
    -subj '/O=Org/CN=List signer' 2>/dev/null
printf '%s\n' 'basicConstraints=CA:FALSE' 'keyUsage=critical,digitalSignature' \
    'extendedKeyUsage=1.3.6.1.4.1.311.10.3.1' >signer.ext
openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial \
    -days 300 -extfile signer.ext -out signer.pem 2>/dev/null
chmod 600 root.key signer.key
ok 'an organisation'"'"'s list is built' "$surguch" trust list mirror root.pem \
    --output own.stl --key signer.key --cert signer.pem --old
ok 'and opens, with one entry more' is \
    "$(($(find mirror -name '*.crt' | wc -l) + 1))" ctl own.stl

say "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
