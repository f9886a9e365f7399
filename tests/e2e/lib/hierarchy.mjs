// SPDX-License-Identifier: Apache-2.0
// A root, an issuing CA and an OCSP key of one algorithm, made by the real
// signer's programs, and orders to them (tests/matrix/signer_orders.c).
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, must } from '../../run/exec.mjs';
import { opensslMust } from './openssl.mjs';
import { BUILD, ROOT } from './scratch.mjs';

export const CENTRE_NAME = ['O=Учебный центр (сертификаты не являются ' +
	'квалифицированными)', 'C=RU'];
const URLS = (name) => `crl_urls = ["http://127.0.0.1:9/crl/${name}.crl"];
ca_urls = ["http://127.0.0.1:9/ca/${name}.cer"];
`;

export class Hierarchy {
	constructor(dir, spec) {
		this.dir = dir;
		this.spec = spec;
		mkdirSync(dir, { recursive: true, mode: 0o755 });
	}

	at(...names) {
		return join(this.dir, ...names);
	}

	// A signer's key; its public half.
	async key(name) {
		mkdirSync(this.at(name), { mode: 0o700 });
		await must(join(BUILD, 'src/roles/surguch-signer'),
			['--make-key', this.at(name), this.spec]);
		return this.at(name, 'spki.der');
	}

	settings(name, text) {
		writeFileSync(this.at(`${name}.conf`), `name = "${name}";\n${text}`,
			{ mode: 0o644 });
	}

	install(name, file, ...issuer) {
		return must(join(BUILD, 'src/roles/surguch-signer'),
			['--install-cert', this.at(name), file, ...issuer]);
	}

	// Orders to a signer that is started for them; answers in their order:
	// "ok" or "no RULE TEXT".
	async orders(name, lines, program = 'surguch-signer') {
		const r = await exec(join(BUILD, 'tests/matrix/signer-orders'),
			[join(BUILD, 'src/roles', program), name, this.at(name),
				this.at(`${name}.conf`), join(ROOT, 'profiles')],
			{ input: lines.map((l) => l.join('\t') + '\n').join(''),
				timeoutSec: 120 });
		const answers = r.out.trim().split('\n');
		if (r.code !== 0 || answers.length !== lines.length) {
			throw new Error(`${lines.length} orders: ${r.all}`);
		}
		return answers;
	}

	async mustOrder(name, lines, program) {
		const answers = await this.orders(name, lines, program);
		const bad = answers.findIndex((a) => a !== 'ok');
		if (bad >= 0) {
			throw new Error(`${lines[bad].join(' ')}: ${answers[bad]}`);
		}
	}

	// profiles: what the issuing CA may issue besides; stampers: requests of
	// time-stamping keys.
	async make(profiles, stampers) {
		const hash = (der) => createHash('sha256').update(der).digest('hex');
		const root = await this.key('root');
		const issuing = await this.key('issuing');
		const ocsp = await this.key('ocsp');
		this.settings('root', URLS('root') +
			'profiles = ["root-ca", "issuing-ca"];\n');
		this.settings('issuing', URLS('issuing') +
			'ocsp_urls = ["http://127.0.0.1:9/ocsp"];\n' +
			`profiles = ${JSON.stringify(['ocsp', 'time-stamping',
				...profiles])};\n` +
			'crl_delta_hours = 1;\n' +
			`responders = ["${hash(readFileSync(ocsp))}"];\n` +
			`time_stampers = ${JSON.stringify(stampers.map(hash))};\n`);
		this.settings('ocsp', 'kind = "ocsp";\n');
		await this.mustOrder('root', [['issue', 'root-ca', root,
			this.at('root.der'), 'CN=Корень', ...CENTRE_NAME]]);
		await this.install('root', this.at('root.der'));
		await this.mustOrder('root', [
			['issue', 'issuing-ca', issuing, this.at('issuing.der'),
				'CN=Издающий центр', ...CENTRE_NAME],
			['crl', '1', this.at('root.crl.der')]]);
		await this.install('issuing', this.at('issuing.der'));
		await this.mustOrder('issuing', [['issue', 'ocsp', ocsp,
			this.at('ocsp.der'), 'CN=Служба OCSP', ...CENTRE_NAME]]);
		await this.install('ocsp', this.at('ocsp.der'), this.at('issuing.der'));
		for (const name of ['root', 'issuing', 'ocsp']) {
			await this.pem('x509', name);
		}
		await this.pem('crl', 'root.crl');
		return this;
	}

	// NAME.der beside NAME.pem.
	async pem(kind, name) {
		await opensslMust([kind, '-inform', 'DER', '-in', this.at(`${name}.der`),
			'-out', this.at(`${name}.pem`)]);
	}
}
