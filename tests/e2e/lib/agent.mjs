// SPDX-License-Identifier: Apache-2.0
// A person's agent at a terminal of its own, the passwords that its person
// types, and the page of a centre that talks to it.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, expectStatus } from './http.mjs';
import { freePorts, ROOT, scratch, until } from './scratch.mjs';
import { surguch } from './person.mjs';
import { TOKEN_MODULE } from './tokens.mjs';

const PINENTRY = join(ROOT, 'tests/doubles/pinentry.mjs');

export class Agent {
	// options:
	//   home   of an agent that was there before
	//   disk   the name of a removable disk that is in, seen by this agent
	//          alone (root's to give)
	//   diskFrom  the folder of which it gets a copy; else it is empty
	//   plain  the disk keeps no modes and no links, as FAT
	//   computer  of tests/browser/lib/computer.mjs: runs in there
	//   display  of lib/display.mjs: asks there, and with the real pinentry
	//   tokens  of lib/tokens.mjs: its module knows them
	//   modules  the paths of those that know them, when not the one
	//   clock   of lib/seams.mjs: its agent's, where the build has seams
	//   port   0: the first free one of those that pages try
	static async start(t, centre, { home = null, disk = null,
		diskFrom = null, plain = false, port = null, display = null,
		tokens = null, modules = [TOKEN_MODULE], computer = null,
		clock = null } = {}) {
		const agent = new Agent();
		agent.computer = computer;
		agent.disk = disk;
		agent.diskFrom = diskFrom;
		agent.plain = plain;
		agent.display = display;
		agent.tokens = tokens;
		agent.modules = modules;
		agent.clock = clock;
		agent.t = t;
		agent.centre = centre;
		agent.place = home ?? computer?.home ?? join(scratch(t), 'home');
		agent.home = join(agent.place, 'surguch');
		agent.pinentry = join(agent.place, 'pinentry');
		mkdirSync(agent.pinentry, { recursive: true });
		agent.surguch = surguch(centre, agent.home);
		agent.port = port ?? (await freePorts(1))[0];
		agent.passwords();
		await agent.up();
		return agent;
	}

	// Under script(1), which gives it a terminal.
	async up() {
		const program = this.centre.program('surguch-agent');
		const at = `/media/person/${this.disk}`;
		const insert = this.disk === null ? '' :
			'mount -t tmpfs none /media && ' +
			`mkdir -p ${at} && mount -t tmpfs none ${at} && ` +
			(this.diskFrom === null ? ''
				: `cp -r ${this.diskFrom}/. ${at} && `);
		this.seen = '';
		this.log = ''; // all that was seen
		this.exit = null;
		const [first, ...rest] = [...this.computer?.enter ?? [], 'script'];
		this.child = spawn(first, [...rest, '-qefc',
			`exec ${insert && 'unshare -m '}sh -c '${insert}exec ${program} ` +
			`${this.#ways()}` +
			`${this.#modules()}` +
			`${this.port ? ` --port ${this.port}` : ''}'`,
		'/dev/null'], { env: { ...process.env,
			SURGUCH_HOME: this.home, SURGUCH_PINENTRY: this.pinentry,
			LANG: 'C.UTF-8', HOME: this.place, ...this.computer?.env,
			...this.display?.env,
			...this.plain && { SURGUCH_TEST_PLAIN_DISK: '/media/' },
			...this.clock && { SURGUCH_CLOCK_FD: '3' },
			...this.tokens?.env }, stdio: ['pipe', 'pipe', 'pipe',
			this.clock?.fd ?? 'ignore'] });
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream.setEncoding('utf8').on('data', (d) => {
				this.seen += d;
				this.log += d;
			});
		}
		this.ended = new Promise((done) => this.child.on('close', (code) => {
			this.exit = code;
			done(code);
		}));
		this.t.after(() => this.stop());
		await this.shows(/event=agent\.start/);
	}

	// How it asks.
	#ways() {
		return this.display
			? `--window ${this.centre.program('surguch-window')} ` +
				'--pinentry /usr/bin/pinentry-gtk-2'
			: `--terminal --pinentry ${PINENTRY}`;
	}

	#modules() {
		return this.tokens === null ? ''
			: this.modules.map((path) => ` --module ${path}`).join('');
	}

	// Its disk, which only it has mounted.
	inside() {
		const { pid } = this.child;
		const [own] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
			.split(' ');
		return `/proc/${own}/root/media/person/${this.disk}`;
	}

	async stop() {
		if (this.exit === null) {
			this.child.stdin.end('\x03');
			this.child.kill('SIGTERM');
			await this.ended;
		}
	}

	// What stands on the terminal since the last call that found something.
	async shows(pattern) {
		await until(() => pattern.test(this.seen) || this.exit !== null,
			() => `${pattern} on the agent's terminal:\n${this.seen}`);
		const found = pattern.exec(this.seen);
		if (!found) {
			throw new Error(`the agent ended:\n${this.seen}`);
		}
		const text = this.seen;
		this.seen = text.slice(found.index + found[0].length);
		return { found, text };
	}

	// Wait for the question and answer it; resolves to its text.
	async answer(word) {
		if (this.display) {
			await this.#press(word);
			return '';
		}
		const { text } = await this.shows(/yes \/ да: /);
		this.child.stdin.write(`${word}\n`);
		return text;
	}

	// In the window: the refusal has the keyboard at first.
	async #press(word) {
		const id = await this.display.window();
		const owner = await this.display.owner(id);
		await new Promise((done) => setTimeout(done, 1300));
		if (word === 'mouse') {
			// The left one of the two buttons below.
			const [, w, h] = /Geometry: (\d+)x(\d+)/.exec(
				await this.display.hands('getwindowgeometry', id));
			await this.display.picture('window-pairing');
			await this.display.hands('mousemove', '--window', id,
				`${w - 240}`, `${h - 34}`, 'click', '1');
		} else {
			await this.display.key(...word === 'yes'
				? ['shift+Tab', 'space'] : ['Return']);
		}
		// A busy machine shows a window late, and it takes no press at once:
		// as a person would, press again.
		for (let i = 0; !await this.display.closes(id, owner, 3000); i += 1) {
			if (i === 5) {
				throw new Error('the window does not close');
			}
			await this.display.key(word === 'no' ? 'Return' : 'space');
		}
	}

	// What the person will type into the password windows.
	passwords(...lines) {
		writeFileSync(join(this.pinentry, 'answers'),
			lines.map((l) => `${l}\n`).join(''));
	}

	asked() {
		return readFileSync(join(this.pinentry, 'asked'), 'utf8');
	}

	// A page of this origin.
	page(origin = this.centre.api) {
		return new Page(this, origin);
	}

	async trust() {
		const said = (await this.centre.client().get('/v1/agent/centre')).json;
		const r = await this.surguch('agent', 'trust', this.centre.api,
			'--ca-file', this.centre.apiCa, '--fingerprint', said.sha256);
		if (r.code !== 0) {
			throw new Error(r.all);
		}
		return said;
	}
}

// What the page's script does.
export class Page {
	constructor(agent, origin) {
		this.agent = agent;
		this.origin = origin;
		this.client = new Client(`http://127.0.0.1:${agent.port}`);
		agent.t.after(() => this.client.close());
		this.token = null;
	}

	headers(more = {}) {
		const all = { origin: this.origin, 'sec-fetch-site': 'cross-site',
			'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty',
			...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
			...more };
		return Object.fromEntries(
			Object.entries(all).filter(([, v]) => v !== undefined));
	}

	post(path, json = {}, more = {}) {
		return this.client.post(path, json, { headers: this.headers(more) });
	}

	// Ask, compare the codes, and take the token.
	async pair(word = 'yes') {
		const begun = expectStatus(await this.post('/v1/pairing'), 201);
		const text = await this.agent.answer(word);
		let ended;
		await until(async () => {
			ended = expectStatus(await this.post('/v1/pairing/state',
				{ pairing: begun.pairing }), 200);
			return ended.state !== 'waiting';
		}, 'the pairing to end', { everyMs: 150 });
		this.token = ended.token ?? null;
		this.agentId = ended.agent;
		return { begun, ended, text };
	}

	start({ order, chain }, input) {
		return this.post('/v1/operation/start', { order, chain, input });
	}

	async state(operation) {
		return expectStatus(await this.post('/v1/operation/state',
			{ operation }), 200);
	}

	async ends(operation) {
		let seen;
		await until(async () => {
			seen = await this.state(operation);
			return seen.state === 'done' || seen.state === 'failed';
		}, () => `the operation to end: ${JSON.stringify(seen)}\n` +
			this.agent.seen, { everyMs: 150 });
		return seen;
	}

	// Start it, agree, and give its result.
	async run(order, input, word = 'yes') {
		const { operation } = expectStatus(await this.start(order, input), 202);
		const text = await this.agent.answer(word);
		return { text, ...await this.ends(operation) };
	}
}
