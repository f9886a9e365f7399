// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of a test centre's own (tests/doubles/postgres.sh), with
// a role that may do no more than own its database and signs in by password.
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, readFileSync, statSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, must } from '../../run/exec.mjs';
import { killAndWait, Running } from './processes.mjs';
import { AS_ROOT, freePorts, ROOT, scratch, until } from './scratch.mjs';

const SCRIPT = join(ROOT, 'tests/doubles/postgres.sh');
const MEMORY = '/dev/shm';
const DATABASE = 'centre';
const ROLE = 'front';
// SQLite's words that the tests say.
const WORDS = `CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql
	IMMUTABLE AS $$ SELECT upper(encode($1, 'hex')) $$`;

export class Postgres {
	// tcp: the centre is to connect by the loopback and not by the socket.
	// down() is the caller's duty: after everything that uses it.
	static async start(t, { tcp = false } = {}) {
		const p = new Postgres();
		p.port = tcp ? (await freePorts(1))[0] : 5432;
		p.host = tcp ? '127.0.0.1' : null; // the socket's directory
		p.settings = tcp ? [`port=${p.port}`, `listen_addresses=${p.host}`] : [];
		// In memory where there is such a place: it syncs as on a disk, only
		// that nobody waits.  A kill leaves what the kernel has.
		p.dir = join(scratch(t, existsSync(MEMORY) ? MEMORY : undefined),
			'postgres');
		p.root = randomBytes(16).toString('hex');
		p.password = randomBytes(16).toString('hex');
		const file = `${p.dir}.pass`;
		writeFileSync(file, p.root, { mode: 0o600 });
		await must('sh', [SCRIPT, 'init', p.dir, file], { timeoutSec: 120 });
		await p.up();
		await p.ask('postgres', `CREATE ROLE ${ROLE} LOGIN PASSWORD '${p.password}'`);
		await p.ask('postgres', `CREATE DATABASE ${DATABASE} OWNER ${ROLE}`);
		await p.ask(DATABASE, WORDS);
		return p;
	}

	async up() {
		this.begin();
		await until(async () => (await exec('psql', this.args('postgres', 'SELECT 1'),
			this.env())).code === 0,
		() => `PostgreSQL:\n${readFileSync(join(this.dir, 'log'), 'utf8')}`,
		{ timeoutMs: 60000, everyMs: 100 });
	}

	// Start it and do not wait.
	begin() {
		this.server = new Running({ after: () => {} }, 'sh',
			[SCRIPT, 'run', this.dir, ...this.settings]);
	}

	async down() {
		await this.server.stop('SIGQUIT');
	}

	// As a crash: kill -9 of the server and all its sessions, or an immediate
	// stop, which is one in order.
	async crash(signal = 'SIGKILL') {
		const children = (await exec('pgrep', ['-P', `${this.server.pid}`]))
			.out.split('\n').filter(Boolean).map(Number);
		await killAndWait(this.server.pid, signal);
		for (const pid of signal === 'SIGKILL' ? children : []) {
			await killAndWait(pid).catch(() => {}); // it saw and has ended
		}
		await this.server.ended;
	}

	// The centre's settings say so before its first start.
	configure(centre) {
		const file = join(centre.dir, 'etc/surguch/database.pass');
		writeFileSync(file, `${this.password}\n`, { mode: 0o600 });
		const front = statSync(join(centre.dir, 'var/lib/surguch/front'));
		if (AS_ROOT) {
			chownSync(file, front.uid, front.gid);
		}
		appendFileSync(join(centre.dir, 'etc/surguch/surguch.conf'),
			`database = { host = "${this.host ?? this.dir}"; ` +
			`port = ${this.port}; name = "${DATABASE}"; ` +
			`user = "${ROLE}"; password_file = "${file}"; };\n`);
	}

	// What pg_dump wrote of such a database, as its owner.
	load(file) {
		return must('psql', [...this.args(DATABASE,
			`SET SESSION AUTHORIZATION ${ROLE}`), '-f', file], this.env());
	}

	args(database, text) {
		return ['-X', '-q', '-A', '-t', '-F', '|', '-v', 'ON_ERROR_STOP=1',
			'-h', this.dir, '-p', `${this.port}`, '-U', 'surguch', '-d', database, '-c', text];
	}

	env() {
		return { env: { PGPASSWORD: this.root } };
	}

	// What an administrator's SQL gives.
	ask(database, text) {
		return must('psql', this.args(database, text), this.env());
	}

	// In the tests' words, which are SQLite's: x'00' is bytes.
	sql(text) {
		return this.ask(DATABASE,
			text.replace(/\bx'([0-9a-f]*)'/g, "'\\x$1'::bytea"));
	}
}
