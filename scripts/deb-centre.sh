#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A centre that goes through an upgrade, for scripts/check-deb.sh.
#
#   scripts/deb-centre.sh make TREE CENTRE
#   scripts/deb-centre.sh look TREE CENTRE
#
# make  with the programs under TREE ("" when they are installed): a centre in
#       the directory CENTRE with an operator, a person and a certificate
# look  with those that are there now: it starts, which migrates its database,
#       has kept all that, and issues, revokes and publishes
set -eu

what=$1 tree=$2 centre=$3
daemon=
trap '[ -z "$daemon" ] || kill "$daemon"' EXIT

die() {
	echo "deb-centre $what: $*" >&2
	tail -30 "$centre.log" >&2 || :
	exit 1
}

ctl() {
	"$tree/usr/sbin/surguchctl" --centre "$centre" "$@"
}

# Until it is so, for half a minute.
until_so() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -le 150 ] || die "waited for: $*"
		sleep 0.2
	done
}

api() {
	path=$1
	shift
	curl -sSf --cacert "$DEMO_API_CA" -H "Authorization: Bearer $(cat \
	    "$centre.token")" "$@" "$DEMO_API$path"
}

start() {
	. "$centre/demo.env"
	"$tree/usr/sbin/surguchd" -c "$centre/etc/surguch/surguch.conf" \
	    >>"$centre.log" 2>&1 &
	daemon=$!
	until_so curl -sf --cacert "$DEMO_API_CA" "$DEMO_API/healthz"
}

stop() {
	kill "$daemon"
	wait "$daemon" || die "surguchd ended with $?"
	daemon=
}

# A certificate for the person: $centre.NAME.pem
issue() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$centre.$1.key" -out "$centre.$1.csr" -subj /CN=x 2>/dev/null
	ctl certificate issue "$centre.$1.csr" --profile tls-client \
	    --person "$(cat "$centre.person")" --out "$centre.$1.pem" >/dev/null
}

serial() {
	openssl x509 -in "$centre.$1.pem" -noout -serial | sed 's/.*=//'
}

is_listed() {
	curl -sSf "$DEMO_PUBLIC/crl/issuing-p256.crl" |
	    openssl crl -inform DER -noout -text | grep -q "$1"
}

case $what in
make)
	"$tree/usr/sbin/surguchctl" centre init "$centre" --demo \
	    --profiles "$tree/usr/share/surguch/profiles" \
	    --libexec "$tree/usr/libexec/surguch" \
	    --api-port 0 --public-port 0 --sms-port 0
	start
	(umask 077 && ctl operator add keeper administrator >"$centre.token")
	api /v1/persons -H 'Content-Type: application/json' --data \
	    '{"surname":"Иванов","given_name":"Иван","snils":"07500122105",
	    "inn":"500100732259"}' |
	    sed 's/.*"id":"\([^"]*\)".*/\1/' >"$centre.person"
	issue before
	stop
	;;
look)
	start
	api "/v1/persons/$(cat "$centre.person")" | grep -q Иванов ||
	    die "the person"
	old=$(serial before)
	id=$(ctl certificate find "$old" |
	    sed -n 's/^\(crt_[0-9a-z]*\) *good .*/\1/p')
	[ -n "$id" ] || die "the certificate $old"
	ctl audit verify >/dev/null || die "the audit"
	issue after
	ctl certificate revoke "$id" --reason superseded >/dev/null
	until_so is_listed "$old"
	stop
	;;
*)
	exit 2
	;;
esac
