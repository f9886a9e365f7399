// SPDX-License-Identifier: Apache-2.0
// A centre whose front was taken over: tests/fault/rogue-front stands in its
// place, on its real descriptors and its uid, between the real other roles.
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync,
	rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Centre } from './centre.mjs';
import { killAndWait } from './processes.mjs';
import { until } from './scratch.mjs';

const ROLES = ['surguch-signer', 'surguch-ocsp', 'surguch-centre',
	'surguch-courier'];
const PATIENCE_MS = 60000;

export class RogueCentre extends Centre {
	// Made, not started.  options: those of a Centre
	static async make(t, options) {
		const centre = new RogueCentre(t, options);
		await centre.init();
		centre.#putRogue();
		return centre;
	}

	#putRogue() {
		const libexec = join(this.dir, 'libexec');
		mkdirSync(libexec, { mode: 0o755 });
		for (const role of ROLES) {
			symlinkSync(this.program(role), join(libexec, role));
		}
		symlinkSync(this.fault('rogue-front'), join(libexec, 'surguch-front'));
		this.edit('surguch.conf', (text) => text.replace(
			/^libexec = .*$/m, `libexec = "${libexec}";`));
	}

	fault(name) {
		return join(this.build, 'tests/fault', name);
	}

	etc(name) {
		return join(this.dir, 'etc/surguch', name);
	}

	// A file of the configuration, put anew in place of the old one.
	edit(name, change) {
		const text = change(readFileSync(this.etc(name), 'utf8'));
		writeFileSync(`${this.etc(name)}.new`, text, { mode: 0o644 });
		if (this.as.uid !== undefined) {
			chownSync(`${this.etc(name)}.new`, this.as.uid, this.as.gid);
		}
		renameSync(`${this.etc(name)}.new`, this.etc(name));
	}

	append(name, text) {
		appendFileSync(this.etc(name), text);
	}

	#own(name) {
		return join(this.dir, 'var/lib/surguch/front', name);
	}

	// Let it try these groups, in a new process: the lines of the result.
	async attempt(...words) {
		writeFileSync(this.#own('rogue.do'), words.join(' '), { mode: 0o644 });
		rmSync(this.#own('rogue.out'), { force: true });
		if (this.parent === null || this.parent.exit) {
			await this.up();
		} else {
			await killAndWait(this.rogue());
			await this.ready();
		}
		return readFileSync(this.#own('rogue.out'), 'utf8').split('\n')
			.filter(Boolean).map((line) => JSON.parse(line));
	}

	rogue() {
		return this.roles('surguch-front')[0].pid;
	}

	// It serves nobody: it is ready when it has tried everything.
	async ready() {
		await until(() => {
			if (this.parent.exit) {
				throw new Error(`the centre ended:\n${this.log}`);
			}
			return existsSync(this.#own('rogue.out'));
		}, () => `the rogue to finish:\n${this.log}`,
		{ timeoutMs: PATIENCE_MS, everyMs: 50 });
	}
}
