// SPDX-License-Identifier: Apache-2.0
// A key ceremony as a test goes through it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../../run/exec.mjs';
import { sha256 } from './desk.mjs';
import { AS_ROOT, BUILD, ROOT, scratch } from './scratch.mjs';

export const PASS = 'correct horse battery';
// Users of a ceremony's signers; ours where there is one uid for all.
export const uid = (n) => (AS_ROOT ? 64040 + n : process.getuid());

// A ceremony's file, the root's machine beside it, and its steps.
export class Ceremony {
	constructor(t, centre, { name, key = 'p384', root = '', issuing,
		around = '' }) {
		this.centre = centre;
		this.dir = scratch(t);
		this.file = join(this.dir, 'ceremony.conf');
		this.machine = join(this.dir, 'root-machine');
		this.pass = join(this.dir, 'pass');
		writeFileSync(this.pass, `${PASS}\n`, { mode: 0o600 });
		this.name = name;
		this.key = key;
		this.rootMore = root;
		this.issuing = issuing;
		this.around = around;
		this.write();
	}

	write() {
		writeFileSync(this.file, `exchange = "exchange";
public = "${this.centre.public}";
organization = "Учебный центр";
${this.around}
root = { name = "root-${this.name}"; key = "${this.key}"; user = "${uid(0)}";
	common_name = "Корневой ${this.name}"; ${this.rootMore} };
issuing = ({ ${this.issuing} });
`);
	}

	step(name, where = this.centre.dir) {
		return exec(this.centre.program('surguchctl'), ['--centre', where,
			'ca', 'ceremony', name, this.file, '--profiles',
			join(ROOT, 'profiles'), '--libexec', join(BUILD, 'src/roles'),
			'--password-file', this.pass], { timeoutSec: 120 });
	}

	async must(name, where) {
		const r = await this.step(name, where);
		assert.equal(r.code, 0, r.err);
		return r.out;
	}

	async refused(rule, name, where) {
		const r = await this.step(name, where);
		assert.notEqual(r.code, 0, r.out);
		assert.match(r.err, new RegExp(`rule ${rule.replace('.', '\\.')}\\b`));
	}

	sent(file) {
		return join(this.dir, 'exchange', file);
	}

	// All four steps.
	async all() {
		await this.must('root', this.machine);
		await this.must('request');
		await this.must('sign', this.machine);
		this.trust();
		return this.must('import');
	}

	trust(hash = sha256(readFileSync(this.sent('root.cer')))) {
		this.rootMore = this.rootMore.replace(/ sha256 = "[^"]*";/, '') +
			` sha256 = "${hash}";`;
		this.write();
	}
}
