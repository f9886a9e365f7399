// SPDX-License-Identifier: Apache-2.0
// The hooks of test builds: named steps at which a process waits until the
// test lets it go on (or kills it), and an offset of its clock.
import { openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Running } from './processes.mjs';
import { until } from './scratch.mjs';

const ANSWER_SIZE = 12; // src/os/seam.h

// Offset in whole seconds, changed under running processes.
export class ClockOffset {
	constructor(t, dir) {
		const path = join(dir, 'clock-offset');
		writeFileSync(path, Buffer.alloc(8), { mode: 0o644 });
		this.fd = openSync(path, 'r+');
		t.after(() => closeSync(this.fd));
	}

	set(seconds) {
		const bytes = Buffer.alloc(8);
		bytes.writeBigInt64LE(BigInt(seconds));
		writeSync(this.fd, bytes, 0, 8, 0);
	}
}

// The asking side is a socket that a Running gets as descriptor `as`; attach()
// takes our end of it.  Each step that is not watched for goes on at once.
export class Steps {
	constructor() {
		this.seen = []; // {step, pid}, in order
		this.watched = new Map(); // step -> {by, act, fail}
	}

	attach(socket) {
		let rest = '';
		socket.setEncoding('utf8').on('data', async (data) => {
			rest += data;
			const lines = rest.split('\n');
			rest = lines.pop();
			for (const line of lines) {
				const [step, pid] = line.split(' ');
				await this.#at(step, Number(pid));
				// Named, or the next asker would take what came too
				// late for one that was killed.
				socket.write(pid.padEnd(ANSWER_SIZE));
			}
		});
		socket.on('error', () => {}); // all who could ask have ended
	}

	async #at(step, pid) {
		this.seen.push({ step, pid });
		const watch = this.watched.get(step);
		if (watch && (watch.by === null || watch.by === pid)) {
			this.watched.delete(step);
			await watch.act(pid);
		}
	}

	// Do this once, the next time that a process (that of pid `by`, or any)
	// comes to the step.
	once(step, act, by = null) {
		this.watched.set(step, { by, act });
	}

	// Kill whoever comes to the step next; resolves to its pid.
	async killAt(step, timeoutMs = 15000) {
		let killed = null;
		this.once(step, (pid) => {
			process.kill(pid, 'SIGKILL');
			killed = pid;
		});
		await until(() => killed, () => `somebody at ${step}; seen: ` +
			this.seen.map((s) => s.step).join(' '), { timeoutMs });
		return killed;
	}
}

// A run of a program that is killed at its step of this number (from 0), or
// ends by itself before.  {signal, code, log, names of the steps it came to}
export async function killedAt(t, step, program, args, options = {}) {
	const names = [];
	const run = new Running(t, program, args, { ...options, fds: ['pipe'],
		env: { ...options.env, SURGUCH_SEAM_FD: '3' } });
	const socket = run.child.stdio[3];
	let rest = '';
	socket.setEncoding('utf8').on('data', (d) => {
		rest += d;
		const lines = rest.split('\n');
		rest = lines.pop();
		for (const line of lines) {
			const [name, pid] = line.split(' ');
			names.push(name);
			if (names.length > step) {
				process.kill(Number(pid), 'SIGKILL');
			} else {
				socket.write(pid.padEnd(ANSWER_SIZE));
			}
		}
	}).on('error', () => {});
	const { signal, code } = await run.ended;
	return { signal, code, log: run.log, names };
}
