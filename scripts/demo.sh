#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make a demo centre if there is none and start it; ./run calls this after the
# build.  As root it lives in /var/lib/surguch-demo, else in var/ of the tree.
#
#   scripts/demo.sh           start and stay in the foreground
#   scripts/demo.sh --walk    a fresh centre on free ports, the whole main job,
#                             and away with it
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${SURGUCH_BUILD:-$root/build}
bin=$build/src
walk=0
case ${1-} in
--walk) walk=1 ;;
'') ;;
*)
	echo "usage: scripts/demo.sh [--walk]" >&2
	exit 2
	;;
esac

say() {
	printf '%s\n' "$*"
}

die() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

if [ "$(id -u)" -eq 0 ]; then
	home=/var/lib/surguch-demo
else
	home=$root/var
fi
mkdir -p "$home"
[ "$(id -u)" -ne 0 ] || chmod 0755 "$home"

if [ "$walk" -eq 1 ]; then
	# What an interrupted walk left behind is of no use to anybody.
	rm -rf "$home"/walk.*
	centre=$(mktemp -d "$home/walk.XXXXXX")
	chmod 0755 "$centre"
	ports="--api-port 0 --public-port 0 --sms-port 0"
else
	centre=$home/centre
	ports="--api-port 8443 --public-port 8080 --sms-port 8025"
fi

# What the person compares before their agent trusts the centre.
fingerprint() {
	curl -sf --cacert "$DEMO_API_CA" "$DEMO_API/v1/agent/centre" |
	    sed -n 's/.*"sha256": *"\([0-9a-f]*\)".*/\1/p'
}

pids=
cleanup() {
	trap - EXIT INT TERM
	for pid in $pids; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	[ "$walk" -eq 0 ] || rm -rf "$centre"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

phone=$centre/phone.jsonl
if [ ! -e "$centre/etc/surguch/surguch.conf" ]; then
	say "Making a centre in $centre ..."
	mkdir -p "$centre"
	# shellcheck disable=SC2086 # a list of words
	"$bin/cli/surguchctl" centre init "$centre" --demo $ports \
	    --profiles "$root/profiles" --libexec "$bin/roles" \
	    2>"$centre/init.log" || {
		cat "$centre/init.log" >&2
		die "the centre could not be made"
	}
fi
. "$centre/demo.env"
conf=$centre/etc/surguch/surguch.conf
# Programs and the page are this build's, wherever it stands, also for a centre
# that another checkout made.
sed -i -e "s|^libexec = .*|libexec = \"$bin/roles\";|" -e '/^web = /d' "$conf"
if [ -f "$build/web/index.html" ]; then
	printf 'web = "%s";\n' "$build/web" >>"$conf"
fi

: >"$phone"
chmod 0644 "$phone"
rm -f "$phone.url"
node "$root/tests/doubles/sms-gateway.mjs" --port "$DEMO_SMS_PORT" \
    --file "$phone" --url-file "$phone.url" \
    $([ "$walk" -eq 1 ] && echo --quiet) &
pids="$pids $!"

log=$centre/surguchd.log
"$bin/roles/surguchd" -c "$centre/etc/surguch/surguch.conf" >"$log" 2>&1 &
daemon=$!
pids="$daemon $pids"
tries=0
until [ -s "$phone.url" ] && curl -sf -o /dev/null --cacert "$DEMO_API_CA" "$DEMO_API/healthz"; do
	tries=$((tries + 1))
	if [ "$tries" -gt 150 ] || ! kill -0 "$daemon" 2>/dev/null; then
		cat "$log" >&2
		die "the centre did not start"
	fi
	sleep 0.1
done

if [ ! -e "$centre/operator.token" ]; then
	"$bin/cli/surguchctl" --centre "$centre" operator add demo operator \
	    >"$centre/operator.token"
	chmod 0600 "$centre/operator.token"
	if [ "$walk" -eq 0 ]; then
		WALK_API=$DEMO_API WALK_API_CA=$DEMO_API_CA \
		    WALK_TOKEN=$(cat "$centre/operator.token") \
		    node "$root/scripts/walk.mjs" --register
	fi
fi

if [ "$walk" -eq 0 ]; then
	say "The centre runs.  It is a training centre: its certificates are not"
	say "qualified ones."
	if grep -q '^web = ' "$conf"; then
		say "  cabinet     $DEMO_API/  (the browser warns until it trusts" \
		    "the root below)"
	fi
	say "  API         $DEMO_API  (its root: $DEMO_API_CA)"
	say "  CRL, AIA    $DEMO_PUBLIC"
	say "  operator    token in $centre/operator.token"
	say "  a person    +79161234567 (a paid and approved form waits)"
	say "  their agent, in a second terminal; the page tells when:"
	say "              $bin/cli/surguch agent trust $DEMO_API --ca-file $DEMO_API_CA"
	say "              $bin/agent/surguch-agent"
	orders=$(fingerprint) || orders=
	if [ -n "$orders" ]; then
		say "  fingerprint $orders (as a real centre prints it in the" \
		    "contract)"
	else
		say "  fingerprint none: this centre was made before there were" \
		    "page orders, and its"
		say "              pages make no keys; see PAGE ORDERS in" \
		    "surguchctl(8), or remove"
		say "              $centre to begin anew"
	fi
	say "  log         $log"
	say "Messages that phones receive appear below.  Ctrl-C ends it."
	wait "$daemon"
	exit $?
fi

# The walk: under a uid that can read nothing of the centre.
person=$centre/person
mkdir -m 0700 "$person"
config=$centre/openssl.cnf
cat >"$config" <<'CONF'
openssl_conf = main
[main]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
CONF
# The tree may lie where that uid cannot go.
mkdir "$centre/bin"
cp "$bin/cli/surguch" "$root/scripts/walk.mjs" "$centre/bin/"
WALK_TOKEN=$(cat "$centre/operator.token")
export WALK_TOKEN WALK_API="$DEMO_API" WALK_API_CA="$DEMO_API_CA" \
    WALK_PUBLIC="$DEMO_PUBLIC" WALK_GOST_ROOT="$DEMO_GOST_ROOT" \
    WALK_PHONE="$phone" WALK_SURGUCH="$centre/bin/surguch" \
    WALK_OPENSSL_CONF="$config" WALK_DIR="$person" \
    WALK_STATE="$centre/var/lib/surguch/front"
if [ "$(id -u)" -eq 0 ]; then
	chown 64099:64099 "$person"
	status=0
	setpriv --reuid=64099 --regid=64099 --clear-groups \
	    env HOME="$person" node "$centre/bin/walk.mjs" || status=$?
else
	export WALK_SHARED_UID=1
	status=0
	node "$centre/bin/walk.mjs" || status=$?
fi
if [ "$status" -ne 0 ]; then
	say "--- the centre's log ---"
	tail -n 60 "$log"
fi
exit "$status"
