#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside a booted machine, for scripts/check-systemd.sh: mirrors of trusted roots
# from the packages in /srv, as surguch-trustd(8) has them, under their unit: two
# rings, the signed feed, the administrator's door.  /srv/real is a mirror that
# certutil made.
set -eu
cd "$(mktemp -d)"

. /srv/systemd-walk-lib.sh

as_server() {
	setpriv --reuid surguch-trustd --regid surguch-trustd --clear-groups "$@"
}

get() { # PATH FILE
	curl -sSf -o "$2" "http://127.0.0.1/$1"
}

is_served() { # RING
	get "$1authrootstl.cab?0123" got.cab && cmp -s got.cab "$2/authrootstl.cab"
}

door() { # METHOD PATH [JSON]
	curl -sSf --cacert door.crt -b jar -c jar -X "$1" \
	    -H 'X-Surguch-Request: 1' -H 'Content-Type: application/json' \
	    ${3+-d "$3"} "https://localhost:8443$2"
}

main_pid() {
	systemctl show -p MainPID --value surguch-trustd
}

# --- the package, the mirrors, the settings -----------------------------------
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
    /srv/surguch-trustd.deb /srv/surguch-workstation.deb >/dev/null 2>&1 ||
    bad "the packages"
[ "$(systemctl is-active surguch-trustd)" = inactive ] ||
    bad "it runs without settings"
mkdir /srv/trust
for ring in test all; do
	install -d -o surguch-trustd -g surguch-trustd /srv/trust/$ring
done
as_server surguch trust mirror /srv/real /srv/trust/test --old >/dev/null 2>&1
as_server surguch trust mirror /srv/old /srv/trust/all --old >/dev/null 2>&1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout door.key -out door.crt -days 30 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
install -m 644 door.crt /etc/surguch/trustd.crt
install -m 600 -o surguch-trustd door.key /etc/surguch/trustd.key
cat >/etc/surguch/trustd.conf <<-END
	address = "0.0.0.0"; port = 80; old = true; look_seconds = 1;
	feed = "/var/lib/surguch-trustd";
	mirrors = (
	  { prefix = "test"; directory = "/srv/trust/test"; },
	  { directory = "/srv/trust/all"; takes_from = "test"; } );
	admin = {
	  address = "127.0.0.1";
	  certificate = "/etc/surguch/trustd.crt";
	  key = "/etc/surguch/trustd.key"; };
END
install -d -o surguch-trustd -g surguch-trustd -m 700 /var/lib/surguch-trustd
key=$(as_server surguch-trustd -a anna | tail -1)
as_server surguch-trustd -n || bad "the settings"

# --- served -----------------------------------------------------------------
systemctl enable -q --now surguch-trustd || bad "it does not start"
until_so is_served test/ /srv/trust/test
until_so is_served "" /srv/trust/all
get changes.json changes.json
get changes.json.sig changes.json.sig
openssl dgst -sha256 -verify /var/lib/surguch-trustd/feed.pub \
    -signature changes.json.sig changes.json >/dev/null || bad "the feed"
for pid in $(main_pid) $(pgrep -P "$(main_pid)"); do
	grep -q '^Seccomp:.*2' "/proc/$pid/status" || bad "no walls around $pid"
	! grep -q '^Uid:.*[^0-9]0[^0-9]' "/proc/$pid/status" || bad "$pid is root"
done

# --- the administrator ----------------------------------------------------------
! door GET /v1/mirrors >/dev/null 2>&1 || bad "anybody gets in"
door POST /v1/session "{\"key\":\"$key\"}" >/dev/null || bad "signing in"
door GET / | grep -q '<html' || bad "no page"
number=$(door GET /v1/mirrors | sed 's/.*"waiting":{[^}]*"number":"\([0-9a-f]*\)".*/\1/')
door POST /v1/mirrors/1/take-over "{\"number\":\"$number\"}" |
    grep -q '"changed":true' || bad "the list was not taken over"
cmp -s /srv/trust/test/authrootstl.cab /srv/trust/all/authrootstl.cab ||
    bad "it is another one"
until_so is_served "" /srv/trust/test
door POST /v1/mirrors/1/back >/dev/null || bad "no way back"
! cmp -s /srv/trust/test/authrootstl.cab /srv/trust/all/authrootstl.cab ||
    bad "it did not go back"

# --- its life -------------------------------------------------------------------
systemctl reload surguch-trustd || bad "the reload"
before=$(main_pid)
kill -KILL "$before"
until_so sh -c '[ "$(systemctl is-active surguch-trustd)" = active ]'
until_so is_served test/ /srv/trust/test
[ "$(main_pid)" != "$before" ] || bad "it was not started anew"
# A ring that others may write to is served on as it was, and said.
chmod 777 /srv/trust/test
until_so sh -c 'journalctl -b -u surguch-trustd | grep -q file.trusted_mode'
is_served test/ /srv/trust/test || bad "what was good is served no more"
chmod 755 /srv/trust/test
systemctl stop surguch-trustd
! pgrep -u surguch-trustd >/dev/null || bad "something runs on"
DEBIAN_FRONTEND=noninteractive apt-get -qq -y remove surguch-trustd \
    >/dev/null 2>&1 || bad "removal"
[ -e /srv/trust/all/authrootstl.cab ] || bad "the mirrors went with it"
echo "systemd-walk-trustd: all of it"
