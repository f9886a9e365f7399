// SPDX-License-Identifier: Apache-2.0
// CryptoPro's containers as another program has them: npm node-gost-crypto.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';
import { opensslMust } from './openssl.mjs';
import { ROOT } from './scratch.mjs';

const FILES = ['header', 'name', 'primary', 'masks', 'primary2', 'masks2'];

let parts = null;

// Its { PKCS8, CryptoProKeyContainer, X509 }.
async function theirs() {
	if (parts === null) {
		await must('sh', [join(ROOT, 'scripts/npm-ci.sh'),
			join(ROOT, 'tests/e2e')], { timeoutSec: 300 });
		const { keys, cert } = createRequire(import.meta.url)(
			'node-gost-crypto').gostCrypto;
		parts = { PKCS8: keys.PKCS8, X509: cert.X509,
			CryptoProKeyContainer: keys.CryptoProKeyContainer };
	}
	return parts;
}

const bytes = (buffer) => new Uint8Array(buffer).buffer;

// A container in `folder` of the key p8 (PKCS#8, DER).
export async function write(folder, { p8, cert, password, name = 'theirs' }) {
	const { PKCS8, CryptoProKeyContainer, X509 } = await theirs();
	const key = await new PKCS8(bytes(p8)).getPrivateKey();
	const c = new CryptoProKeyContainer();
	c.setContainerName(name);
	await c.setPrivateKey(key, password);
	if (cert) {
		await c.setCertificate(X509.decode(bytes(cert)));
	}
	mkdirSync(folder);
	for (const [file, der] of Object.entries(c.encode('DER'))) {
		writeFileSync(join(folder, `${file}.key`), Buffer.from(der));
	}
}

// {scalar, cert, name} of the container (the private number as PKCS#8 has it); throws what the package throws.
export async function read(folder, password) {
	const { CryptoProKeyContainer } = await theirs();
	const there = readdirSync(folder);
	const c = new CryptoProKeyContainer(Object.fromEntries(FILES
		.filter((f) => there.includes(`${f}.key`))
		.map((f) => [f, bytes(readFileSync(join(folder, `${f}.key`)))])));
	await c.verify(password);
	const key = await c.getPrivateKey(password);
	const cert = c.header.keyContainerContent.primaryCertificate;
	return { scalar: Buffer.from(key.buffer),
		// inside an OCTET STRING of more than 255 bytes
		cert: cert && Buffer.from(cert.encode('DER')).subarray(4),
		name: c.getContainerName() };
}

// --- keys to put in

// A key by openssl: {p8, csr}.
export async function keyOf(dir, name) {
	const at = (end) => join(dir, `${name}.${end}`);
	await opensslMust(['genpkey', '-algorithm', 'gost2012_256', '-pkeyopt',
		'paramset:A', '-out', at('pem')]);
	await opensslMust(['pkcs8', '-topk8', '-nocrypt', '-in', at('pem'),
		'-outform', 'DER', '-out', at('p8')]);
	await opensslMust(['req', '-new', '-key', at('pem'), '-subj', '/CN=x',
		'-outform', 'DER', '-out', at('csr')]);
	return { p8: readFileSync(at('p8')), csr: readFileSync(at('csr')) };
}

// {p8, cert} of one that ended in the second in which it began.
export async function expiredKey(dir, name) {
	const { p8 } = await keyOf(dir, name);
	const at = (end) => join(dir, `${name}.${end}`);
	await opensslMust(['req', '-x509', '-new', '-key', at('pem'), '-subj',
		`/CN=${name}`, '-days', '30', '-addext',
		'keyUsage=digitalSignature,keyEncipherment,keyAgreement', '-out',
		at('30.pem')]);
	await opensslMust(['x509', '-in', at('30.pem'), '-signkey', at('pem'),
		'-days', '0', '-outform', 'DER', '-out', at('der')]);
	return { p8, cert: readFileSync(at('der')) };
}
