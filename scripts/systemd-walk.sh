#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside a booted machine, for scripts/check-systemd.sh: a centre of one's own
# from the package /srv/surguch.deb, under its unit.
set -eu
cd "$(mktemp -d)"

. /srv/systemd-walk-lib.sh

parent() {
	systemctl show -p MainPID --value surguchd
}

install_package() {
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
	    "$@" install /srv/surguch.deb >/dev/null 2>&1 || bad "the package"
}

is_well() {
	[ "$(surguchctl doctor)" = ok ]
}

issue() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1.key" -out "$1.csr" -subj /CN=x 2>/dev/null
	surguchctl certificate issue "$1.csr" --profile tls-client \
	    --person "$person" --out "$1.pem" >/dev/null
	openssl x509 -in "$1.pem" -noout -serial | sed 's/.*=//'
}

is_listed() {
	curl -sSf http://127.0.0.1:8980/crl/issuing-2026.crl |
	    openssl crl -inform DER -noout -text | grep -q "$1"
}

# --- from nothing to a running centre -----------------------------------------
apt-get -qq update
install_package
for name in root issuing ocsp; do
	useradd --system "surguch-$name"
done
rite() {
	cat >ceremony.conf <<-END
	exchange = "exchange";
	public = "http://127.0.0.1:8980";
	country = "RU"; organization = "Centre";
	root = { name = "root-2026"; key = "p384"; common_name = "Root 2026";
	    user = "surguch-root"; secret = "file"; sha256 = "${1-}"; };
	issuing = ({
	    name = "issuing-2026"; key = "p256"; common_name = "CA 2026";
	    user = "surguch-issuing"; secret = "credential";
	    profiles = ["tls-client", "tls-server"];
	    ocsp = { name = "ocsp-2026"; key = "p256"; user = "surguch-ocsp";
	        common_name = "OCSP 2026"; };
	});
	centre = { name = "Centre"; host = "ca.example.ru"; tls = "issuing-2026";
	    address = "127.0.0.1"; port = 8943;
	    public_address = "127.0.0.1"; public_port = 8980;
	    front = "surguch-front"; courier = "surguch-courier"; };
	END
}
(umask 077 && echo "correct horse battery" >pass)
rite
for step in root request sign; do
	surguchctl ca ceremony "$step" ceremony.conf --password-file pass \
	    >said 2>&1 || bad "ceremony $step: $(cat said)"
done
rite "$(sha256sum exchange/root.cer | cut -c1-64)"
for step in import centre; do
	surguchctl ca ceremony "$step" ceremony.conf --password-file pass \
	    >said 2>&1 || bad "ceremony $step: $(cat said)"
done
# Nobody is there: no code is sent here, but a centre without any gateway is not
# well.
cat >/etc/surguch/courier.conf <<'END'
gateway : {
	url = "http://127.0.0.1:9/send";
	method = "POST";
	body = "to={to}&text={text}";
	body_format = "form";
	success_status = ["2xx"];
};
END
mkdir -p /etc/systemd/system/surguchd.service.d
cat >/etc/systemd/system/surguchd.service.d/secret.conf <<END
[Service]
LoadCredential=issuing-2026:$PWD/pass
END
systemctl daemon-reload
systemctl enable --now surguchd 2>/dev/null
systemctl is-active --quiet surguchd || bad "the unit does not start"
grep -q '^NoNewPrivs:.1$' "/proc/$(parent)/status" || bad "the parent's walls"
for pid in $(cat "/proc/$(parent)/task/$(parent)/children"); do
	awk '/^Uid:/ { u = $2 } /^CapEff:/ { c = $2 } /^Seccomp:/ { s = $2 }
	    END { exit !(u > 0 && c ~ /^0+$/ && s == 2) }' "/proc/$pid/status" ||
	    bad "a role's walls: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
done
until_so is_well
echo "runs"

# --- its work -----------------------------------------------------------------
surguchctl operator add maria administrator >token
openssl x509 -inform DER -in exchange/root.cer -out root.pem
person=$(curl -sSf --cacert root.pem \
    --resolve ca.example.ru:8943:127.0.0.1 \
    -H "Authorization: Bearer $(cat token)" \
    -H "Idempotency-Key: $(date +%s%N)" -H "Content-Type: application/json" \
    -d '{"surname":"Иванова","given_name":"Мария","patronymic":"Петровна",
	"snils":"11223344595","inn":"","email":"m@e.ru"}' \
    https://ca.example.ru:8943/v1/persons | sed 's/.*"id":"\([^"]*\)".*/\1/')
serial=$(issue one)
surguchctl certificate revoke "$serial" --reason superseded >/dev/null
until_so is_listed "$serial"
echo "issues and revokes"

# --- what the unit does -------------------------------------------------------
old=$(parent)
systemctl reload surguchd
until_so is_well
[ "$(parent)" = "$old" ] || bad "a reload is no restart"
issue reloaded >/dev/null
kill -9 "$old"
until_so systemctl is-active --quiet surguchd
until_so is_well
[ "$(parent)" != "$old" ] || bad "killed, and the same"
issue restarted >/dev/null
echo "is reloaded, and comes back when it is killed"

old=$(parent)
install_package --reinstall
systemctl is-active --quiet surguchd || bad "upgraded, and not started"
[ "$(parent)" != "$old" ] || bad "upgraded, and the old programs run"
until_so is_well
issue upgraded >/dev/null
apt-get -qq -y remove surguch >/dev/null 2>&1
! systemctl is-active --quiet surguchd || bad "removed, and it runs"
install_package
systemctl enable --now surguchd 2>/dev/null
until_so is_well
issue again >/dev/null
is_listed "$serial" || bad "a revocation is lost"
surguchctl audit verify
echo "is upgraded, removed and back with all it had"
