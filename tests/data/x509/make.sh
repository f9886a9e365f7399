#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the files of this folder with OpenSSL, for the tests of src/x509.
# They are committed; run it again only to add some, and update MANIFEST.
set -eu
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp "$here/make.cnf" .
days=3650
: > index.txt
echo 01 > crlnumber

key() { # name, options of genpkey
	name=$1
	shift
	openssl genpkey -out "$name.key" "$@" 2>/dev/null
}

key ca -algorithm EC -pkeyopt ec_paramgen_curve:P-256
key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key ed25519 -algorithm ED25519
key ocsp -algorithm EC -pkeyopt ec_paramgen_curve:P-256

# Certificates.
openssl req -x509 -new -config make.cnf -extensions all -key ca.key \
	-days $days -set_serial 0x7fffffffffffffffffffffffffffffffffffffff \
	-outform DER -out "$here/all.crt.der"
openssl x509 -inform DER -in "$here/all.crt.der" -out ca.pem
# Version 1: no extensions.
openssl req -new -config make.cnf -key p256.key -out v1.csr
openssl x509 -req -in v1.csr -signkey p256.key -set_serial 1 -days $days \
	-outform DER -out "$here/v1.crt.der" 2>/dev/null
for k in p256 p384 rsa ed25519 ocsp; do
	section=ee
	test $k = ocsp && section=ocsp
	openssl req -new -config make.cnf -section req_attrs -key $k.key \
		-out $k.csr
	openssl x509 -req -in $k.csr -CA ca.pem -CAkey ca.key \
		-extfile make.cnf -extensions $section -days $days \
		-set_serial "0x$(printf %s $k | od -An -tx1 | tr -d ' \n')" \
		-out $k.pem 2>/dev/null
	test $k = ocsp ||
		openssl x509 -in $k.pem -outform DER -out "$here/$k.crt.der"
	test $k = ocsp ||
		openssl req -in $k.csr -outform DER -out "$here/$k.csr.der"
done
# RSA-PSS parameters, kept raw.
openssl req -new -config make.cnf -key rsa.key -sigopt rsa_padding_mode:pss \
	-outform DER -out "$here/rsa-pss.csr.der"

# Names.
openssl req -new -config make.cnf -section req -key p256.key \
	-subj '/C=RU/O=A, "b" #1\/;<>/OU=one+CN=two/CN=# x ' -multivalue-rdn \
	-outform DER -out "$here/multi.csr.der" 2>/dev/null
openssl asn1parse -genconf make.cnf -genstr SEQUENCE:old_types -noout \
	-out "$here/old-types.name.der"

# Lists: entries with reasons, a date, a hold; and a delta.
revoke() { # serial, reason column of index.txt
	printf 'R\t301231235959Z\t260101000000Z%s\t%s\tunknown\t/CN=x\n' \
		"$2" "$1" >> index.txt
}
revoke 01 ''
revoke 02 ,keyCompromise
revoke 7F ,superseded
revoke 80 ,certificateHold
revoke 0100 ,CAkeyTime,20251231000000Z
revoke FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF ,affiliationChanged
revoke 703235 ,keyTime,20251231000000Z
openssl ca -config make.cnf -gencrl -keyfile ca.key -cert ca.pem \
	-out full.crl 2>/dev/null
openssl crl -in full.crl -outform DER -out "$here/full.crl.der"
openssl ca -config make.cnf -gencrl -crlexts delta_ext -keyfile ca.key \
	-cert ca.pem -out delta.crl 2>/dev/null
openssl crl -in delta.crl -outform DER -out "$here/delta.crl.der"
sed '/^crl_extensions/d;/^crlnumber/d' make.cnf > v1.cnf
: > index.txt
revoke 05 ''
openssl ca -config v1.cnf -gencrl -keyfile ca.key -cert ca.pem \
	-out v1.crl 2>/dev/null
openssl crl -in v1.crl -outform DER -out "$here/v1.crl.der"

# OCSP.
openssl ocsp -issuer ca.pem -cert p256.pem -reqout "$here/one.ocsp-req.der"
openssl ocsp -issuer ca.pem -no_nonce -cert p256.pem \
	-reqout "$here/no-nonce.ocsp-req.der"
openssl ocsp -issuer ca.pem -sha256 -cert p256.pem -serial 2 \
	-serial 0xffffffff -signer p256.pem -signkey p256.key \
	-reqout "$here/three-signed.ocsp-req.der"
: > index.txt
printf 'V\t301231235959Z\t\t70323536\tunknown\t/CN=x\n' >> index.txt
revoke 02 ,keyCompromise
openssl ocsp -index index.txt -CA ca.pem -rsigner ocsp.pem -rkey ocsp.key \
	-nmin 60 -reqin "$here/one.ocsp-req.der" \
	-respout "$here/good.ocsp-resp.der" 2>/dev/null
openssl ocsp -index index.txt -CA ca.pem -rsigner ocsp.pem -rkey ocsp.key \
	-resp_key_id -resp_no_certs -reqin "$here/three-signed.ocsp-req.der" \
	-respout "$here/three.ocsp-resp.der" 2>/dev/null
printf '\060\003\012\001\006' > "$here/unauthorized.ocsp-resp.der"

# Bags and text.
openssl crl2pkcs7 -nocrl -certfile p256.pem -certfile ca.pem -outform DER \
	-out "$here/two.p7b.der"
openssl crl2pkcs7 -in full.crl -certfile p256.pem -outform DER \
	-out "$here/with-crl.p7b.der"
{
	echo 'text before'
	openssl req -in p256.csr
	cat p256.pem ca.pem
} > "$here/mixed.pem"
