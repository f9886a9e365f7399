// SPDX-License-Identifier: Apache-2.0
// Tokens of our own module (tests/token/README.md): what is in which slot.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD } from './scratch.mjs';

export const TOKEN_MODULE = join(BUILD, 'tests/token/surguch-test-token.so');
export const FACTORY_PIN = '12345678';

export class Tokens {
	constructor(dir) {
		this.dir = dir;
		this.env = { SURGUCH_TEST_TOKENS: dir };
		mkdirSync(dir, { recursive: true });
	}

	// Put one in; what it has keeps.
	insert(slot, fields = {}) {
		mkdirSync(join(this.dir, slot), { recursive: true });
		const all = { label: 'Rutoken ECP <no label>', serial: `2ce0d8a${slot}`,
			...this.describe(slot), ...fields };
		this.#write(slot, 'token', Object.entries(all)
			.map(([word, value]) => `${word} ${value}\n`).join(''));
		return { id: `token:${all.serial}`, slot };
	}

	// As the module last left it.
	describe(slot) {
		const file = join(this.dir, slot, 'token');
		return existsSync(file) ? Object.fromEntries(
			readFileSync(file, 'utf8').split('\n').filter(Boolean)
				.map((line) => [line.slice(0, line.indexOf(' ')),
					line.slice(line.indexOf(' ') + 1)])) : {};
	}

	#write(slot, name, text) {
		writeFileSync(join(this.dir, slot, name), text);
	}

	pull(slot) {
		this.#write(slot, 'out', '');
	}

	isOut(slot) {
		return existsSync(join(this.dir, slot, 'out'));
	}

	putBack(slot) {
		rmSync(join(this.dir, slot, 'out'), { force: true });
	}

	empty(slot) {
		rmSync(join(this.dir, slot, 'objects'), { recursive: true });
	}

	fail(slot, what) {
		this.#write(slot, 'fail', what);
	}

	// How many sessions the module gave with it.
	sessions(slot) {
		const file = join(this.dir, slot, 'sessions');
		return existsSync(file) ? readFileSync(file).length : 0;
	}

	// What lies on it, as Maps from attribute types to values; the module's
	// own, without asking it.
	objects(slot) {
		const dir = join(this.dir, slot, 'objects');
		return !existsSync(dir) ? [] : readdirSync(dir).sort().map((name) => {
			const bytes = readFileSync(join(dir, name));
			const found = new Map();
			for (let at = 0; at < bytes.length;) {
				const type = Number(bytes.readBigUInt64BE(at));
				const len = bytes.readUInt32BE(at + 8);
				found.set(type, bytes.subarray(at + 12, at + 12 + len));
				at += 12 + len;
			}
			return found;
		});
	}
}

// Of PKCS#11.
export const CKA = { CLASS: 0, TOKEN: 1, PRIVATE: 2, LABEL: 3,
	APPLICATION: 0x10, VALUE: 0x11, ID: 0x102, SENSITIVE: 0x103,
	EXTRACTABLE: 0x162, LOCAL: 0x163, NEVER_EXTRACTABLE: 0x164,
	ALWAYS_SENSITIVE: 0x165 };
export const CKO = { DATA: 0, CERTIFICATE: 1, PUBLIC_KEY: 2, PRIVATE_KEY: 3 };
export const classOf = (object) =>
	Number(object.get(CKA.CLASS).readBigUInt64LE(0));
export const flag = (object, type) => object.get(type)?.[0] === 1;
