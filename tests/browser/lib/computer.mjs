// SPDX-License-Identifier: Apache-2.0
// A person's computer: a mount namespace and a home of its own, in which its
// agent and its browser run.  What is put into it, nothing else sees.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';
import { scratch, until } from '../../e2e/lib/scratch.mjs';

// The agent's own language is Russian; gtk wants a locale that is there.
const LOCALES = { ru: 'C.UTF-8', en: 'en_US.UTF-8' };
const PLACE = '/media/person';

// A removable disk: a file system of its own, for any computer that is started
// behind it.  The test has to have a mount namespace of its own.
export class Disk {
	static async make(t, name) {
		const d = new Disk();
		d.name = name;
		d.dir = join(scratch(t), 'disk');
		mkdirSync(d.dir);
		await must('mount', ['-t', 'tmpfs', 'none', d.dir]);
		t.after(() => must('umount', ['--lazy', d.dir]));
		return d;
	}
}

export class Computer {
	// lang: the language of its desktop
	static async start(t, lang = 'ru') {
		const c = new Computer();
		c.t = t;
		c.home = join(scratch(t), 'home');
		c.env = { HOME: c.home, XDG_RUNTIME_DIR: join(c.home, 'run'),
			LANG: LOCALES[lang] };
		mkdirSync(c.env.XDG_RUNTIME_DIR, { recursive: true, mode: 0o700 });
		// It lasts as long as this program, whose input we hold.
		const holder = spawn('unshare', ['-m', 'sh', '-ec',
			`mount -t tmpfs none /media; mkdir ${PLACE}; echo up; exec cat`],
		{ stdio: ['pipe', 'pipe', 'inherit'] });
		let said = '';
		holder.stdout.setEncoding('utf8').on('data', (d) => { said += d; });
		t.after(() => holder.stdin.end());
		await until(() => said === 'up\n' || holder.exitCode !== null,
			'a mount namespace');
		c.enter = ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--'];
		return c;
	}

	#inside(...args) {
		return must(this.enter[0], [...this.enter.slice(1), ...args]);
	}

	async putIn(disk) {
		const at = `${PLACE}/${disk.name}`;
		await this.#inside('mkdir', '-p', at);
		await this.#inside('mount', '--bind', disk.dir, at);
	}

	async takeOut(disk) {
		await this.#inside('umount', '--lazy', `${PLACE}/${disk.name}`);
	}

	// Something to start that runs the program in here.
	program(path) {
		const file = join(this.home, 'enter.sh');
		writeFileSync(file, `#!/bin/sh\nexec ${this.enter.join(' ')} ` +
			`${path} "$@"\n`, { mode: 0o755 });
		return file;
	}
}
