// SPDX-License-Identifier: Apache-2.0
// CryptoPro's containers as another program has them: npm node-gost-crypto.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';
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
