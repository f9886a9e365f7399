// SPDX-License-Identifier: Apache-2.0
// surguch-trustd as a process, its settings and its log; and mirrors for it.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { exec, must } from '../../run/exec.mjs';
import { Client } from './http.mjs';
import { Running } from './processes.mjs';
import { BUILD, freePorts, REFERENCE_DATA, until } from './scratch.mjs';

export const TRUSTD = join(BUILD, 'src/roles/surguch-trustd');
export const SURGUCH = join(BUILD, 'src/cli/surguch');
export const DATA = join(REFERENCE_DATA, 'trust');
// The directory of a real -syncWithWU, of January 2021.
export const MIRROR_DATA = join(DATA, 'mirror-20210126');
export const LIST = 'authrootstl.cab';

export const surguch = (...args) => exec(SURGUCH, args, { timeoutSec: 60 });
export const certsOf = (dir) =>
	readdirSync(dir).filter((f) => f.endsWith('.crt'));

export async function mirror(...args) {
	const r = await surguch('trust', 'mirror', ...args, '--old');
	assert.equal(r.code, 0, r.all);
}

export async function realMirror(dir) {
	mkdirSync(dir);
	await mirror(MIRROR_DATA, dir);
	return dir;
}

// The state of May 2020, as a source.
export function oldSource(dir) {
	mkdirSync(dir);
	copyFileSync(join(DATA, 'cab/authrootstl-20200518.cab'), join(dir, LIST));
	for (const f of certsOf(MIRROR_DATA)) {
		copyFileSync(join(MIRROR_DATA, f), join(dir, f));
	}
	const last = '7991e834f7e2eedd08950152e9552d14e958d57e.crt';
	copyFileSync(join(DATA, 'sst', last), join(dir, last));
	return dir;
}

export class Server extends Running {
	// mirrors: {prefix: directory}; settings: {prefix: what else is set of it}
	static async start(t, dir, mirrors, more = '', settings = {}) {
		const [port] = await freePorts(1);
		const conf = join(dir, `trustd-${port}.conf`);
		writeFileSync(conf, `address = "127.0.0.1";\nport = ${port};\n` +
			`old = true;\nlook_seconds = 1;\n${more}\nmirrors = (\n` +
			Object.entries(mirrors).map(([prefix, directory]) => `{ prefix = ` +
				`"${prefix}"; directory = "${directory}"; ` +
				`${settings[prefix] ?? ''} }`).join(',\n') +
			');\n');
		const s = new this(t, TRUSTD, ['-c', conf]);
		s.port = port;
		s.conf = conf;
		s.url = `http://127.0.0.1:${port}`;
		await s.says(/event=trustd\.ready/);
		s.http = new Client(s.url);
		t.after(() => s.http.close());
		return s;
	}

	get(path, headers = {}) {
		return this.http.get(path, { headers });
	}

	// Bytes as they are, on a connection of their own; all until it is closed
	// or silent.
	raw(bytes, { quietMs = 300 } = {}) {
		return new Promise((done) => {
			const socket = connect(this.port, '127.0.0.1');
			let text = '';
			const end = () => {
				socket.destroy();
				done(text);
			};
			let timer = setTimeout(end, 5000);
			socket.setEncoding('latin1').on('data', (d) => {
				text += d;
				clearTimeout(timer);
				timer = setTimeout(end, quietMs);
			}).on('close', () => {
				clearTimeout(timer);
				done(text);
			}).on('error', () => {});
			socket.write(bytes);
		});
	}

	// From now on: until its log says so.
	async logs(pattern) {
		const from = this.log.length;
		await until(() => pattern.test(this.log.slice(from)),
			() => `${pattern} in:\n${this.log.slice(from)}`);
	}
}


// The server with its administrator's door, and one who is called anna.
export class AdminServer extends Server {
	static async withDoor(t, dir, mirrors, settings = {}) {
		const [port] = await freePorts(1);
		const file = (name) => join(dir, name);
		await must('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
			'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
			'/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
			'-keyout', file('door.key'), '-out', file('door.crt')]);
		const s = await super.start(t, dir, mirrors, `admin = {
			address = "127.0.0.1"; port = ${port};
			certificate = "${file('door.crt')}"; key = "${file('door.key')}";
			administrators = "${file('administrators')}";
			web = "${join(BUILD, 'web-mirror')}"; };`, settings);
		s.admins = file('administrators');
		// As pages' tests know a centre.
		s.apiCa = file('door.crt');
		s.api = `https://127.0.0.1:${port}`;
		s.anna = await s.addAdmin('anna');
		return s;
	}

	async addAdmin(name) {
		return (await must(TRUSTD, ['-c', this.conf, '-a', name])).trim();
	}

	client(t) {
		const c = new Client(this.api, { ca: this.apiCa,
			headers: { origin: this.api } });
		t.after(() => c.close());
		return c;
	}

	async signedIn(t, key = this.anna) {
		const c = this.client(t);
		const r = await c.post('/v1/session', { key });
		assert.equal(r.status, 200, r.text);
		return c;
	}
}
