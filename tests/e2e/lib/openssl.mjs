// SPDX-License-Identifier: Apache-2.0
// The openssl program as an outside witness, with the GOST engine loaded.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec, must } from '../../run/exec.mjs';

const CONFIG = `openssl_conf = main
[main]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
`;

let env = null;

// The environment in which openssl knows GOST.
export function gostEnv() {
	if (env === null) {
		const dir = mkdtempSync(join(tmpdir(), 'surguch-openssl-'));
		writeFileSync(join(dir, 'openssl.cnf'), CONFIG);
		process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
		env = { OPENSSL_CONF: join(dir, 'openssl.cnf') };
	}
	return env;
}

// {code, out, err, all}
export function openssl(args, options = {}) {
	return exec('openssl', args,
		{ timeoutSec: 60, ...options, env: { ...gostEnv(), ...options.env } });
}

// The output; throws when openssl fails.
export function opensslMust(args, options = {}) {
	return must('openssl', args,
		{ timeoutSec: 60, ...options, env: { ...gostEnv(), ...options.env } });
}

// openssl verify against exactly these files (PEM).  {ok, errors: [23], all}
export async function verify({ cert, root, issuing, crl, args = [] }) {
	const r = await openssl(['verify', '-no-CAfile', '-no-CApath',
		'-no-CAstore', '-CAfile', root,
		...(issuing ? ['-untrusted', issuing] : []),
		...(crl ? ['-crl_check', '-CRLfile', crl] : []), ...args, cert]);
	const errors = [...r.all.matchAll(/^error (\d+) at /gm)]
		.map((m) => Number(m[1]));
	return { ok: r.code === 0, errors, all: r.all };
}

// openssl ocsp; url, or the one that the certificate names.
// {status: "good" | "revoked" | "unknown" | null, verified, all}
export async function ocsp({ cert, issuing, root, url }) {
	const at = url ?? (await opensslMust(['x509', '-in', cert, '-noout',
		'-ocsp_uri'])).trim();
	const r = await openssl(['ocsp', '-issuer', issuing, '-cert', cert,
		'-url', at, '-CAfile', root, '-verify_other', issuing,
		'-no-CApath', '-no-CAstore']);
	const status = new RegExp(`^${cert.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}: ` +
		'(good|revoked|unknown)', 'm').exec(r.all);
	return { status: status ? status[1] : null,
		verified: /^Response verify OK/m.test(r.all), all: r.all };
}

// DER file -> PEM file beside it.
export async function toPem(kind, der, pem) {
	await opensslMust([kind, '-inform', 'DER', '-in', der, '-out', pem]);
	return pem;
}
