// SPDX-License-Identifier: Apache-2.0
// A centre in a scratch directory, with real processes and confinement on.
import { join } from 'node:path';
import { descendants, killAndWait, Running } from './processes.mjs';
import { BUILD, ROOT, scratch, until } from './scratch.mjs';
import { ClockOffset, Steps } from './seams.mjs';

export class Centre {
	// make(centre) prepares centre.dir and fills centre.command (the
	// program and its arguments) and centre.ready(centre), which is asked
	// until it answers true.  seams: hooks of test builds are wanted.
	constructor(t, { make, build = BUILD, seams = false, env = {} }) {
		this.t = t;
		this.make = make;
		this.build = build;
		this.dir = scratch(t);
		this.env = env;
		this.steps = seams ? new Steps() : null;
		this.clock = seams ? new ClockOffset(t, this.dir) : null;
		this.command = null;
		this.ready = null;
		this.parent = null;
	}

	static async start(t, options) {
		const centre = new Centre(t, options);
		await centre.make(centre);
		await centre.up();
		return centre;
	}

	// Start (again) on the same directory.
	async up() {
		const [cmd, ...args] = this.command;
		const hooks = this.steps ? {
			fds: ['pipe', this.clock.fd],
			env: { SURGUCH_SEAM_FD: '3', SURGUCH_CLOCK_FD: '4' },
		} : {};
		this.parent = new Running(this.t, cmd, args, { cwd: ROOT, ...hooks,
			env: { ...this.env, ...hooks.env } });
		if (this.steps) {
			this.steps.attach(this.parent.child.stdio[3]);
		}
		await until(async () => {
			if (this.parent.exit) {
				throw new Error(`the centre ended:\n${this.parent.log}`);
			}
			return this.ready(this);
		}, () => `the centre to be ready:\n${this.parent.log}`,
		{ timeoutMs: 30000, everyMs: 50 });
	}

	async down() {
		return this.parent.stop();
	}

	// The program of the build, by name, wherever its floor is.
	program(name) {
		return join(this.build, 'src', name.includes('/') ? name
			: `roles/${name}`);
	}

	get log() {
		return this.parent.log;
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
