// SPDX-License-Identifier: Apache-2.0
// A centre in a scratch directory: real processes, confinement on, messages
// going to a double of an SMS gateway.  Made as scripts/demo.sh makes its own.
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, must } from '../../run/exec.mjs';
import { Client } from './http.mjs';
import { Postgres } from './postgres.mjs';
import { descendants, killAndWait, Running } from './processes.mjs';
import { BUILD, freePorts, ROOT, scratch, until } from './scratch.mjs';
import { ClockOffset, Steps } from './seams.mjs';

const READY_MS = 30000;

export class Centre {
	// options:
	//   build  the build directory whose programs are used
	//   seams  have named steps (.steps) and a clock offset (.clock); only
	//          test builds know them
	//   env    more of the environment, for surguchd
	//   profiles   another directory of profiles
	//   configure  (centre) => change the configuration before the start
	//   database   'sqlite', or 'postgresql' or 'postgresql-tcp' (a server of
	//          its own, .postgres, by its socket or by TCP); left out, what SURGUCH_TEST_STORE says
	//   dir        where it is made, and stays; a centre that is there is
	//          taken as it is.  Left out, a scratch directory
	//   as         {uid, gid} of whoever makes and starts it, instead of ours
	constructor(t, { build = BUILD, seams = false, env = {},
		profiles = join(ROOT, 'profiles'), configure = () => {},
		database = process.env.SURGUCH_TEST_STORE ?? 'sqlite',
		dir = null, as = {} } = {}) {
		this.t = t;
		this.build = build;
		this.env = env;
		this.as = as;
		this.profiles = profiles;
		this.configure = configure;
		this.database = database;
		this.postgres = null;
		const place = dir === null ? scratch(t) : null;
		if (as.uid !== undefined) {
			chownSync(place, as.uid, as.gid);
		}
		this.dir = dir ?? join(place, 'centre');
		this.phone = join(this.dir, 'phone.jsonl');
		this.steps = seams ? new Steps() : null;
		this.clock = seams ? new ClockOffset(t, join(this.dir, '..')) : null;
		this.parent = null;
		this.heard = new Set(); // indexes of messages that sms() gave out
	}

	// Make one and start it.
	static async start(t, options) {
		const centre = new Centre(t, options);
		await centre.init();
		await centre.startPhone();
		await centre.up();
		return centre;
	}

	program(name) {
		const path = ['roles', 'cli', 'agent', 'window']
			.map((floor) => join(this.build, 'src', floor, name))
			.find((p) => existsSync(p));
		if (!path) {
			throw new Error(`${this.build} holds no ${name}`);
		}
		return path;
	}

	ctl(...args) {
		return exec(this.program('surguchctl'), args, { timeoutSec: 120 });
	}

	async init() {
		const isThere = existsSync(join(this.dir, 'demo.env'));
		if (!isThere) {
			await this.#make();
		}
		this.#readEnv();
		if (this.database !== 'sqlite') {
			this.postgres = await Postgres.start(this.t,
				{ tcp: this.database === 'postgresql-tcp' });
			this.t.after(async () => {
				await this.parent?.stop();
				await this.postgres.down();
			});
			this.postgres.configure(this);
		}
		if (!isThere) {
			await this.configure(this);
		}
	}

	async #make() {
		const [api, open, sms] = await freePorts(3);
		await must(this.program('surguchctl'), ['centre', 'init', this.dir,
			'--demo', '--api-port', `${api}`, '--public-port', `${open}`,
			'--sms-port', `${sms}`, '--profiles', this.profiles,
			'--libexec', join(this.build, 'src/roles')],
		{ ...this.as, timeoutSec: 120 });
	}

	// NAME='value' lines, for a shell.
	#readEnv() {
		const env = Object.fromEntries(
			readFileSync(join(this.dir, 'demo.env'), 'utf8').split('\n')
				.map((l) => /^(?:export )?(\w+)='?(.*?)'?$/.exec(l))
				.filter(Boolean).map((m) => [m[1], m[2]]));
		this.api = env.DEMO_API;
		this.apiCa = env.DEMO_API_CA;
		this.public = env.DEMO_PUBLIC;
		this.smsPort = env.DEMO_SMS_PORT;
		this.demo = env;
	}

	async startPhone() {
		writeFileSync(this.phone, '', { mode: 0o644 });
		this.gateway = new Running(this.t, process.execPath,
			[join(ROOT, 'tests/doubles/sms-gateway.mjs'), '--port',
				this.smsPort, '--file', this.phone, '--quiet',
				'--url-file', `${this.phone}.url`]);
		// A message that finds nobody waits for courier's next try.
		await until(() => existsSync(`${this.phone}.url`),
			() => `the gateway to listen:\n${this.gateway.log}`);
	}

	// Start surguchd (again) on the same directory.
	async up() {
		const hooks = this.steps ? { fds: ['pipe', this.clock.fd],
			env: { SURGUCH_SEAM_FD: '3', SURGUCH_CLOCK_FD: '4' } } : {};
		this.parent = new Running(this.t, this.program('surguchd'),
			['-c', join(this.dir, 'etc/surguch/surguch.conf')],
			{ ...this.as, ...hooks, env: { ...this.env, ...hooks.env } });
		if (this.steps) {
			this.steps.attach(this.parent.child.stdio[3]);
		}
		await this.ready();
	}

	async ready() {
		const client = this.client();
		await until(async () => {
			if (this.parent.exit) {
				throw new Error(`the centre ended:\n${this.log}`);
			}
			return (await client.get('/healthz').catch(() => null))?.status
				=== 200;
		}, () => `the centre to be ready:\n${this.log}`,
		{ timeoutMs: READY_MS, everyMs: 50 });
		client.close();
	}

	down() {
		return this.parent.stop();
	}

	get log() {
		return this.parent.log;
	}

	client(options = {}) {
		return new Client(this.api, { ca: this.apiCa, ...options });
	}

	// The access token of a new operator.
	async operator(name = 'test', role = 'operator') {
		const token = await must(this.program('surguchctl'),
			['--centre', this.dir, 'operator', 'add', name, role]);
		return token.trim();
	}

	// What the phones have received, oldest first: [{to, text}]
	messages() {
		return readFileSync(this.phone, 'utf8').split('\n')
			.filter(Boolean).map((l) => JSON.parse(l));
	}

	// The next message whose text matches, to any phone or to this one: the
	// match.  Each is given out once; couriers' threads may overtake each other.
	async sms(pattern, { to = null, timeoutMs = 15000 } = {}) {
		return until(() => {
			for (const [i, m] of this.messages().entries()) {
				const found = this.heard.has(i) || (to && m.to !== to)
					? null : pattern.exec(m.text);
				if (found) {
					this.heard.add(i);
					return found;
				}
			}
			return null;
		}, `an SMS like ${pattern}`, { timeoutMs });
	}

	// Its roles: [{pid, name, args}], name being the program's.
	roles(name = null) {
		return descendants(this.parent.pid)
			.map((p) => ({ ...p, name: p.args[0]?.split('/').at(-1) ?? p.name }))
			.filter((p) => name === null || p.name === name);
	}

	// Kill a role and wait until its successor is there.
	async killRole(name) {
		const before = this.roles(name).map((p) => p.pid);
		await killAndWait(before[0]);
		return until(() => this.roles(name)
			.find((p) => !before.includes(p.pid)), `a new ${name}`);
	}
}
