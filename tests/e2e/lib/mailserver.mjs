// SPDX-License-Identifier: Apache-2.0
// A mail server (tests/doubles/smtp-server.mjs) with a certificate of a root of
// its own, and a centre's settings for it.
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from
	'node:fs';
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';
import { Running } from './processes.mjs';
import { freePorts, ROOT, scratch, until } from './scratch.mjs';

export const FROM = 'ca@uc.example.ru';
export const FROM_NAME = 'Удостоверяющий центр «Сургуч»';
export const USER = 'surguch';
export const PASSWORD = 'кот & "пёс" 42'; // as the protocol must take it

const lines = (path) => existsSync(path) ?
	readFileSync(path, 'utf8').split('\n').filter(Boolean)
		.map((l) => JSON.parse(l)) : [];

// A mail as Python's email package, a stranger, reads it.
const READ = `
import sys, json, email, email.header, email.policy, email.utils
m = email.message_from_bytes(sys.stdin.buffer.read(),
    policy=email.policy.default)
# (The newer way puts a space between the words of a long name.)
name = email.utils.parseaddr(dict(m.raw_items())['From'])[0]
name = str(email.header.make_header(email.header.decode_header(name)))
def every(p):
    yield p
    if p.is_multipart():
        for q in p.iter_parts():
            yield from every(q)
print(json.dumps({
    'headers': [[k.lower(), str(v)] for k, v in m.items()],
    'from_name': name,
    'from': m['from'].addresses[0].addr_spec,
    'to': [a.addr_spec for a in m['to'].addresses],
    'date': m['date'].datetime.timestamp(),
    'type': m.get_content_type(), 'charset': m.get_content_charset(),
    'defects': [str(d) for p in every(m) for d in p.defects] +
        [str(d) for v in m.values() for d in v.defects],
    'text': m.get_content()}))
`;
export async function readMail(data) {
	const m = JSON.parse(await must('python3', ['-c', READ],
		{ input: data, timeoutSec: 30 }));
	return { ...m, header: (name) =>
		m.headers.filter(([k]) => k === name).map(([, v]) => v).join('|') };
}

export class MailServer {
	// name: what its certificate is for
	static async make(t, { name = 'IP:127.0.0.1' } = {}) {
		const m = new MailServer();
		m.t = t;
		m.dir = scratch(t);
		[m.port] = await freePorts(1);
		m.ca = join(m.dir, 'ca.pem');
		m.taken = join(m.dir, 'taken.jsonl');
		m.heardFile = join(m.dir, 'heard.jsonl');
		m.behave('ok');
		await m.#root(m.ca, 'root.key');
		await m.certify(name);
		return m;
	}

	async #root(cert, key) {
		await must('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
			'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
			'/CN=mail root', '-keyout', join(this.dir, key), '-out', cert]);
	}

	// A new certificate for this name by the root, or by another one.
	async certify(name, { stranger = false } = {}) {
		let [cert, key] = [this.ca, 'root.key'];
		if (stranger) {
			[cert, key] = [join(this.dir, 'other.pem'), 'other.key'];
			await this.#root(cert, key);
		}
		const csr = join(this.dir, 'server.csr');
		const ext = join(this.dir, 'ext');
		writeFileSync(ext, `subjectAltName=${name}\n`);
		await must('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt',
			'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=mail',
			'-keyout', join(this.dir, 'server.key'), '-out', csr]);
		await must('openssl', ['x509', '-req', '-in', csr, '-CA', cert,
			'-CAkey', join(this.dir, key), '-CAcreateserial', '-days', '2',
			'-extfile', ext, '-out', join(this.dir, 'server.pem')]);
	}

	behave(how) {
		writeFileSync(join(this.dir, 'behave'), how);
	}

	async start({ tls = 'start' } = {}) {
		const at = join(this.dir, 'url');
		rmSync(at, { force: true });
		this.program = new Running(this.t, process.execPath,
			[join(ROOT, 'tests/doubles/smtp-server.mjs'), '--port',
				`${this.port}`, '--key', join(this.dir, 'server.key'), '--cert',
				join(this.dir, 'server.pem'), '--file', this.taken, '--heard',
				this.heardFile, '--user', USER, '--password', PASSWORD, '--tls',
				tls, '--behave-file', join(this.dir, 'behave'), '--url-file', at]);
		await until(() => existsSync(at),
			() => `the mail server to listen:\n${this.program.log}`);
	}

	stop() {
		return this.program.stop();
	}

	// What it took, oldest first.
	mails() {
		return lines(this.taken);
	}

	// Every command that it heard: [{line, tls}]
	heard() {
		return lines(this.heardFile);
	}

	// Adds itself to the centre's courier.conf.  more: further settings
	configure(centre, more = '', url = `smtp://127.0.0.1:${this.port}`) {
		const path = join(centre.dir, 'etc/surguch/courier.conf');
		const secret = join(centre.dir, 'etc/surguch/mail.secret');
		this.gateway ??= readFileSync(path, 'utf8');
		writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
		if (process.getuid() === 0) {
			const [, uid] = /courier = "(\d+)"/.exec(readFileSync(
				join(centre.dir, 'etc/surguch/surguch.conf'), 'utf8'));
			chownSync(secret, Number(uid), Number(uid));
		}
		writeFileSync(path, `${this.gateway}
mail : {
	url = "${url}";
	from = "${FROM}";
	from_name = "${FROM_NAME}";
	user = "${USER}";
	password_file = "${secret}";
	ca_file = "${this.ca}";
	connect_timeout_ms = 2000;
	timeout_ms = 3000;
	${more}
};\n`);
	}
}
