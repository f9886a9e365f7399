// SPDX-License-Identifier: Apache-2.0
// Makes the hostile requests of this folder: each is a right request (a
// P-256 or a GOST key, signed by it) with one thing wrong, and signed over
// the wrong thing where a signature can be.  The files are committed; run it
// again only to add some, and update MANIFEST.
//
//   node make.mjs [DIR]
import { createPrivateKey, createPublicKey, createSign, generateKeyPairSync,
	sign } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const dir = resolve(process.argv[2] ?? dirname(fileURLToPath(import.meta.url)));
const work = mkdtempSync(join(tmpdir(), 'csr-hostile-'));
const CONF = join(work, 'gost.cnf');
writeFileSync(CONF, 'openssl_conf = m\n[m]\nengines = e\n[e]\ngost = g\n[g]\n' +
	'engine_id = gost\ndefault_algorithms = ALL\n');
const openssl = (args, input) => execFileSync('openssl', args, { input,
	env: { ...process.env, OPENSSL_CONF: CONF },
	stdio: ['pipe', 'pipe', 'ignore'] });

// --- DER ---------------------------------------------------------------------
const hex = (text) => Buffer.from(text.replace(/\s/g, ''), 'hex');
function tlv(tag, ...parts) {
	const body = Buffer.concat(parts);
	const len = body.length < 128 ? [body.length]
		: body.length < 256 ? [0x81, body.length]
			: body.length < 65536 ? [0x82, body.length >> 8, body.length & 255]
				: [0x83, body.length >> 16, body.length >> 8 & 255,
					body.length & 255];
	return Buffer.concat([Buffer.from([tag, ...len]), body]);
}
const seq = (...parts) => tlv(0x30, ...parts);
const set = (...parts) => tlv(0x31, ...parts);
const octets = (b) => tlv(0x04, b);
const bits = (b, unused = 0) => tlv(0x03, Buffer.from([unused]), b);
const integer = (b) => tlv(0x02, b);
const text = (tag, s) => tlv(tag, Buffer.from(s));
const NULL = hex('0500');
function oid(dotted) {
	const [a, b, ...rest] = dotted.split('.').map(BigInt);
	const out = [];
	for (const n of [a * 40n + b, ...rest]) {
		const seven = [Number(n & 127n)];
		for (let m = n >> 7n; m > 0n; m >>= 7n) {
			seven.unshift(Number(m & 127n) | 128);
		}
		out.push(...seven);
	}
	return tlv(0x06, Buffer.from(out));
}
// Content of the element that b begins with.
function inside(b) {
	const long = b[1] & 127;
	return b[1] < 128 ? b.subarray(2, 2 + b[1]) : b.subarray(2 + long);
}

// --- a right request, and its parts -------------------------------------------
const EC = oid('1.2.840.10045.2.1');
const P256 = oid('1.2.840.10045.3.1.7');
const RSA = oid('1.2.840.113549.1.1.1');
const ECDSA_SHA256 = seq(oid('1.2.840.10045.4.3.2'));
const GOST256 = oid('1.2.643.7.1.1.1.1');
const GOST256_SIG = seq(oid('1.2.643.7.1.1.3.2'));
const STREEBOG512 = oid('1.2.643.7.1.1.2.3');
const CP_A = oid('1.2.643.2.2.35.1');
const CN = oid('2.5.4.3');
const O = oid('2.5.4.10');
const EXTENSIONS = oid('1.2.840.113549.1.9.14');
const CHALLENGE = oid('1.2.840.113549.1.9.7');
const SAN = oid('2.5.29.17');
const KEY_USAGE = oid('2.5.29.15');

const pair = (type, options) => {
	const { privateKey } = generateKeyPairSync(type, options);
	return { key: privateKey, spki: createPublicKey(privateKey)
		.export({ type: 'spki', format: 'der' }) };
};
const ec = pair('ec', { namedCurve: 'prime256v1' });
const other = pair('ec', { namedCurve: 'prime256v1' });
const ecSign = (info, key = ec.key) => sign('sha256', info, key);

function gostPair(set, algorithm = 'gost2012_256') {
	const file = join(work, `${algorithm}-${set}.pem`);
	openssl(['genpkey', '-algorithm', algorithm, '-pkeyopt',
		`paramset:${set}`, '-out', file]);
	return { file, spki: openssl(['pkey', '-in', file, '-pubout',
		'-outform', 'DER']) };
}
const gost = gostPair('A');
const gostSign = (info, pair = gost, md = 'md_gost12_256') =>
	openssl(['dgst', `-${md}`, '-sign', pair.file, '-binary'], info);

const rdn = (type, value) => set(seq(type, value));
const NAME = seq(rdn(CN, text(0x0c, 'Кто угодно')));
const attribute = (type, ...values) => seq(type, set(...values));
const challenge = attribute(CHALLENGE, text(0x0c, 'x'));
const extensions = (...list) => attribute(EXTENSIONS, seq(...list));
const ext = (type, value, ...critical) =>
	seq(type, ...critical, octets(value));
const san = (...names) => ext(SAN, seq(...names));

// The parts may be replaced; what is not given is right.
function csr({ version = hex('020100'), name = NAME, spki = ec.spki,
	attrs = tlv(0xa0), behind = Buffer.alloc(0), info, alg = ECDSA_SHA256,
	signer = ecSign, signature, more = Buffer.alloc(0) } = {}) {
	const body = info ?? seq(version, name, spki, attrs, behind);
	return seq(body, alg, signature ?? bits(signer(body)), more);
}
const gostCsr = (parts = {}) => csr({ spki: gost.spki, alg: GOST256_SIG,
	signer: gostSign, ...parts });
const named = (...rdns) => csr({ name: seq(...rdns) });
const cn = (tag, value) => named(rdn(CN, tlv(tag, Buffer.from(value))));
const withAttrs = (...attrs) => csr({ attrs: tlv(0xa0, ...attrs) });
const ecSpki = (point, params = P256, unused = 0) =>
	seq(seq(EC, params), bits(point, unused));
const rsaSpki = (n, e) => seq(seq(RSA, NULL), bits(seq(integer(n), integer(e))));
// A modulus of tests/unit/crypto/weak_moduli.h.
const MODULI = readFileSync(join(dirname(fileURLToPath(import.meta.url)),
	'../../unit/crypto/weak_moduli.h'), 'utf8');
function weakRsa(name) {
	const [, list] = new RegExp(`${name}\\[\\] =([^;]*);`).exec(MODULI);
	const n = hex(list.replace(/"/g, ''));
	return csr({ spki: rsaSpki(Buffer.concat([hex('00'), n]), hex('010001')) });
}
const gostSpki = (point, ...params) =>
	seq(seq(GOST256, seq(...params)), bits(octets(point)));

function nested(depth) {
	let b = NULL;
	for (let i = 0; i < depth; i += 1) {
		b = seq(b);
	}
	return b;
}

const good = csr();
const point = ec.spki.subarray(-65);
const compressed = Buffer.concat([Buffer.from([2 + (point[64] & 1)]),
	point.subarray(1, 33)]);
const offCurve = (p) => {
	const b = Buffer.from(p);
	b[b.length - 1] ^= 1;
	return b;
};
const gostPoint = gost.spki.subarray(-64);
const odd = (bytes) => Buffer.alloc(bytes, 0xc3);
const goodSignature = ecSign(inside(good).subarray(0,
	seq(hex('020100'), NAME, ec.spki, tlv(0xa0)).length));

// The signature of a right request, as two numbers.
function numbers(signature) {
	const body = inside(signature);
	const r = body.subarray(2, 2 + body[1]);
	const s = body.subarray(4 + body[1]);
	return { r, s };
}
const { r: R, s: S } = numbers(goodSignature);
const plain = (n) => n[0] === 0 ? n.subarray(1)
	: Buffer.concat([Buffer.alloc(32 - n.length), n]);
const P256_N = hex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2' +
	'fc632551');

// --- the faults ----------------------------------------------------------------
const encoding = {
	'one-octet': hex('30'),
	'half': good.subarray(0, good.length >> 1),
	'last-octet-gone': good.subarray(0, -1),
	'octet-behind': Buffer.concat([good, hex('00')]),
	'two-requests': Buffer.concat([good, good]),
	'indefinite-length': Buffer.concat([hex('3080'), inside(good), hex('0000')]),
	'length-too-long-form': Buffer.concat([hex('30820001'), hex('00')]),
	'length-leading-zero': Buffer.concat([hex('3083'),
		Buffer.from([0, inside(good).length >> 8, inside(good).length & 255]),
		inside(good)]),
	'length-of-4-gib': Buffer.concat([hex('3084ffffffff'), inside(good)]),
	'length-of-5-octets': Buffer.concat([hex('30850100000000'), inside(good)]),
	'outer-set': tlv(0x31, inside(good)),
	'outer-primitive': tlv(0x10, inside(good)),
	'high-tag': Buffer.concat([hex('3f10'), good.subarray(1)]),
	'pem': Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\n' +
		good.toString('base64') + '\n-----END CERTIFICATE REQUEST-----\n'),
	'text': Buffer.from('{"pkcs10": "no"}\n'),
	'zeros': Buffer.alloc(300),
	'deep-nesting': nested(3000),
	'deep-nesting-in-name': named(rdn(CN, nested(2000))),
	'deep-nesting-in-key': csr({ spki: nested(2000) }),
	'oversize': withAttrs(attribute(CHALLENGE, text(0x0c, 'x'.repeat(17000)))),
};
const version = {
	'version-2': csr({ version: hex('020101') }),
	'version-negative': csr({ version: hex('0201ff') }),
	'version-huge': csr({ version: integer(Buffer.alloc(9, 0x7f)) }),
	'version-padded': csr({ version: hex('02020000') }),
	'version-missing': csr({ version: Buffer.alloc(0) }),
	'version-enumerated': csr({ version: hex('0a0100') }),
};
const names = {
	'name-is-set': csr({ name: set() }),
	'rdn-empty': named(set()),
	'attribute-without-value': named(set(seq(CN))),
	'attribute-of-three': named(set(seq(CN, text(0x0c, 'x'), NULL))),
	'value-empty': cn(0x0c, ''),
	'value-nul': cn(0x0c, 'a\0b'),
	'value-printable-nul': cn(0x13, 'a\0b'),
	'value-utf8-broken': cn(0x0c, [0xd0]),
	'value-utf8-overlong': cn(0x0c, [0xc0, 0xaf]),
	'value-utf8-surrogate': cn(0x0c, [0xed, 0xa0, 0x80]),
	'value-printable-control': cn(0x13, 'a\x07b'),
	'value-bmp-nul': cn(0x1e, [0x04, 0x10, 0x00, 0x00, 0x04, 0x10]),
	'value-bmp-surrogate': cn(0x1e, [0xd8, 0x00]),
	'value-ia5-high': cn(0x16, [0xe9]),
	'value-numeric-letter': cn(0x12, '12a'),
	'value-bmp-odd': cn(0x1e, [0x04, 0x10, 0x04]),
	'value-too-long': cn(0x0c, 'x'.repeat(4097)),
	'too-many-attributes': named(...Array.from({ length: 65 },
		() => rdn(O, text(0x0c, 'x')))),
	'rdn-unsorted': named(set(seq(O, text(0x0c, 'b')), seq(CN, text(0x0c, 'a')))),
	'oid-empty': named(rdn(tlv(0x06), text(0x0c, 'x'))),
	'oid-cut': named(rdn(hex('0603550483'), text(0x0c, 'x'))),
	'oid-padded': named(rdn(hex('06045504800a'), text(0x0c, 'x'))),
};
const keys = {
	'key-missing': csr({ spki: Buffer.alloc(0) }),
	'point-off-curve': csr({ spki: ecSpki(offCurve(point)) }),
	'point-compressed': csr({ spki: ecSpki(compressed) }),
	'point-hybrid': csr({ spki: ecSpki(Buffer.concat([
		Buffer.from([6 + (point[64] & 1)]), point.subarray(1)])) }),
	'point-infinity': csr({ spki: ecSpki(hex('00')) }),
	'point-beyond-field': csr({ spki: ecSpki(Buffer.concat([hex('04'),
		Buffer.alloc(64, 0xff)])) }),
	'point-short': csr({ spki: ecSpki(point.subarray(0, 64)) }),
	'key-unused-bits': csr({ spki: ecSpki(point, P256, 1) }),
	'key-unused-bits-8': csr({ spki: seq(seq(EC, P256),
		tlv(0x03, hex('08'), point)) }),
	'curve-missing': csr({ spki: seq(seq(EC), bits(point)) }),
	'curve-null': csr({ spki: ecSpki(point, NULL) }),
	'curve-explicit': csr({ spki: ecSpki(point, seq(integer(hex('01')))) }),
	'curve-p224': csr({ spki: ecSpki(Buffer.concat([hex('04'), odd(56)]),
		oid('1.3.132.0.33')) }),
	'curve-secp256k1': csr({ spki: pair('ec', { namedCurve: 'secp256k1' }).spki }),
	'curve-p521': (() => {
		const p = pair('ec', { namedCurve: 'secp521r1' });
		return csr({ spki: p.spki, signer: (i) => ecSign(i, p.key) });
	})(),
	'algorithm-dsa': csr({ spki: seq(seq(oid('1.2.840.10040.4.1')), bits(NULL)) }),
	'algorithm-unknown': csr({ spki: seq(seq(oid('1.3.6.1.4.1.99999.1')),
		bits(point)) }),
	'ed448': (() => {
		const p = pair('ed448');
		return csr({ spki: p.spki, alg: seq(oid('1.3.101.113')),
			signer: (i) => sign(null, i, p.key) });
	})(),
	'ed25519-short': csr({ spki: seq(seq(oid('1.3.101.112')), bits(odd(31))) }),
	'rsa-512': csr({ spki: rsaSpki(Buffer.concat([hex('00'), odd(64)]),
		hex('010001')) }),
	'rsa-1024': (() => {
		const p = pair('rsa', { modulusLength: 1024 });
		return csr({ spki: p.spki, alg: seq(oid('1.2.840.113549.1.1.11'), NULL),
			signer: (i) => createSign('sha256').update(i).sign(p.key) });
	})(),
	'rsa-even': csr({ spki: rsaSpki(Buffer.concat([hex('00'), odd(255),
		hex('c2')]), hex('010001')) }),
	'rsa-roca': weakRsa('weak_roca'),
	'rsa-close-primes': weakRsa('weak_close'),
	'rsa-small-factor': weakRsa('weak_factor'),
	'ed25519-small-order': csr({ spki: seq(seq(oid('1.3.101.112')),
		bits(Buffer.alloc(32))) }),
	'rsa-exponent-1': csr({ spki: rsaSpki(Buffer.concat([hex('00'), odd(256)]),
		hex('01')) }),
	'rsa-negative': csr({ spki: rsaSpki(odd(256), hex('010001')) }),
	'rsa-16384': csr({ spki: rsaSpki(Buffer.concat([hex('00'), odd(2048)]),
		hex('010001')) }),
};
const gosts = {
	'gost-set-tc26-a': (() => {
		const p = gostPair('TCA');
		return gostCsr({ spki: p.spki, signer: (i) => gostSign(i, p) });
	})(),
	'gost-set-cryptopro-b': (() => {
		const p = gostPair('B');
		return gostCsr({ spki: p.spki, signer: (i) => gostSign(i, p) });
	})(),
	'gost-set-unknown': gostCsr({ spki: gostSpki(gostPoint,
		oid('1.2.643.2.2.35.9')) }),
	'gost-set-of-512': gostCsr({ spki: gostSpki(gostPoint,
		oid('1.2.643.7.1.2.1.2.1')) }),
	'gost-digest-512': gostCsr({ spki: gostSpki(gostPoint, CP_A, STREEBOG512) }),
	'gost-digest-sha256': gostCsr({ spki: gostSpki(gostPoint, CP_A,
		oid('2.16.840.1.101.3.4.2.1')) }),
	'gost-no-parameters': gostCsr({ spki: seq(seq(GOST256),
		bits(octets(gostPoint))) }),
	'gost-point-off-curve': gostCsr({ spki: gostSpki(offCurve(gostPoint), CP_A,
		oid('1.2.643.7.1.1.2.2')) }),
	'gost-point-zero': gostCsr({ spki: gostSpki(Buffer.alloc(64), CP_A,
		oid('1.2.643.7.1.1.2.2')) }),
	'gost-point-short': gostCsr({ spki: gostSpki(gostPoint.subarray(1), CP_A,
		oid('1.2.643.7.1.1.2.2')) }),
	'gost-2001': gostCsr({ spki: seq(seq(oid('1.2.643.2.2.19'),
		seq(CP_A, oid('1.2.643.2.2.30.1'))), bits(octets(gostPoint))) }),
	'gost-512-set-b': (() => {
		const p = gostPair('B', 'gost2012_512');
		return gostCsr({ spki: p.spki, alg: seq(oid('1.2.643.7.1.1.3.3')),
			signer: (i) => gostSign(i, p, 'md_gost12_512') });
	})(),
	'gost-signature-of-zeros': gostCsr({ signature: bits(Buffer.alloc(64)) }),
	'gost-signature-short': gostCsr({ signer: (i) =>
		gostSign(i).subarray(1) }),
	'gost-signature-flipped': gostCsr({ signer: (i) => offCurve(gostSign(i)) }),
	'gost-signature-parameters': gostCsr({
		alg: seq(oid('1.2.643.7.1.1.3.2'), seq(CP_A)) }),
	'gost-signature-94': gostCsr({ alg: seq(oid('1.2.643.2.2.3')) }),
	'gost-subject-changed': (() => {
		const b = gostCsr();
		b[b.indexOf(Buffer.from('угодно')) + 1] ^= 1;
		return b;
	})(),
	'gost-attribute-twice': gostCsr({ attrs: tlv(0xa0, challenge, challenge) }),
};
const attributes = {
	'attributes-missing': csr({ attrs: Buffer.alloc(0) }),
	'attributes-explicit-set': csr({ attrs: set(challenge) }),
	'attribute-twice': withAttrs(challenge, challenge),
	'attribute-no-values': withAttrs(seq(CHALLENGE, set())),
	'attributes-too-many': withAttrs(...Array.from({ length: 17 }, (_, i) =>
		attribute(oid(`1.3.6.1.4.1.99999.${i}`), NULL))),
	'more-behind-attributes': csr({ behind: NULL }),
	'extension-request-twice': withAttrs(
		extensions(ext(KEY_USAGE, hex('03020780'))),
		extensions(san(text(0x82, 'a.example')))),
	'extension-request-two-lists': withAttrs(attribute(EXTENSIONS,
		seq(ext(KEY_USAGE, hex('03020780'))),
		seq(san(text(0x82, 'a.example'))))),
	'extension-request-empty': withAttrs(extensions()),
	'extension-twice': withAttrs(extensions(san(text(0x82, 'a.example')),
		san(text(0x82, 'b.example')))),
	'extension-critical-false': withAttrs(extensions(
		ext(KEY_USAGE, hex('03020780'), hex('010100')))),
	'extension-critical-1': withAttrs(extensions(
		ext(KEY_USAGE, hex('03020780'), hex('010101')))),
	'extension-value-trailing': withAttrs(extensions(
		ext(KEY_USAGE, hex('0302078000')))),
	'key-usage-unused-bits': withAttrs(extensions(
		ext(KEY_USAGE, hex('030207ff')))),
	'key-usage-empty': withAttrs(extensions(ext(KEY_USAGE, hex('')))),
	'san-empty': withAttrs(extensions(san())),
	'san-ip-of-3': withAttrs(extensions(san(tlv(0x87, hex('7f0000'))))),
	'san-nul': withAttrs(extensions(san(tlv(0x82, Buffer.from('a\0.example'))))),
	'san-high-bit': withAttrs(extensions(san(tlv(0x82, hex('e9'))))),
	// Attributes of no interest are not looked into, so the signature is wrong.
	'deep-nesting-in-attribute': csr({ attrs: tlv(0xa0, attribute(CHALLENGE,
		nested(2000))), signature: bits(goodSignature) }),
	'deep-nesting-in-extension': withAttrs(extensions(
		ext(SAN, nested(2000)))),
};
const signatures = {
	'signature-flipped': csr({ signer: (i) => offCurve(ecSign(i)) }),
	'signature-by-another': csr({ signer: (i) => ecSign(i, other.key) }),
	'signature-of-another-request': csr({ signature: bits(ecSign(NAME)) }),
	'subject-changed': (() => {
		const b = Buffer.from(good);
		b[b.indexOf(Buffer.from('угодно')) + 1] ^= 1;
		return b;
	})(),
	'signature-missing': seq(seq(hex('020100'), NAME, ec.spki, tlv(0xa0)),
		ECDSA_SHA256),
	'signature-empty': csr({ signature: bits(Buffer.alloc(0)) }),
	'signature-unused-bits': csr({ signature: bits(hex('80'), 4) }),
	'signature-octet-string': csr({ signature: octets(goodSignature) }),
	'signature-5000': csr({ signature: bits(Buffer.alloc(5000, 0x30)) }),
	'signature-raw': csr({ signature: bits(Buffer.concat([plain(R), plain(S)])) }),
	'signature-r-zero': csr({ signature: bits(seq(hex('020100'), integer(S))) }),
	'signature-s-zero': csr({ signature: bits(seq(integer(R), hex('020100'))) }),
	'signature-r-order': csr({ signature: bits(seq(
		integer(Buffer.concat([hex('00'), P256_N])), integer(S))) }),
	'signature-s-padded': csr({ signature: bits(seq(integer(R),
		integer(Buffer.concat([hex('0000'), plain(S)])))) }),
	'signature-trailing': csr({ signature: bits(Buffer.concat([goodSignature,
		hex('00')])) }),
	'algorithm-ecdsa-sha1': csr({ alg: seq(oid('1.2.840.10045.4.1')),
		signer: (i) => sign('sha1', i, ec.key) }),
	'algorithm-sha512-under-sha256': csr({ signer: (i) =>
		sign('sha512', i, ec.key) }),
	'algorithm-ecdsa-null': csr({ alg: seq(oid('1.2.840.10045.4.3.2'), NULL) }),
	'algorithm-of-rsa': csr({ alg: seq(oid('1.2.840.113549.1.1.11'), NULL) }),
	'algorithm-of-gost': csr({ alg: GOST256_SIG }),
	'algorithm-missing': seq(seq(hex('020100'), NAME, ec.spki, tlv(0xa0)),
		bits(goodSignature)),
	'more-behind-signature': csr({ more: NULL }),
};

const all = { ...encoding, ...version, ...names, ...keys, ...gosts,
	...attributes, ...signatures };
for (const [name, bytes] of Object.entries(all)) {
	writeFileSync(join(dir, `${name}.der`), bytes);
}
// What a right request is like; not in the table of the hostile ones.
writeFileSync(join(dir, 'right-p256.csr.der'), good);
writeFileSync(join(dir, 'right-gost.csr.der'), gostCsr());
rmSync(work, { recursive: true });
console.log(`${Object.keys(all).length} files`);
