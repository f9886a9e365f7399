// SPDX-License-Identifier: Apache-2.0
// The four media of row A6, and where the way with one differs from the way
// with another.
//   shown     its name in the page; the registry's is a word of the page
//   make      what is typed when the key is made
//   use       what is typed when the key signs
//   slips     the same with fingers that slip, up to the last try but one
//   putIn, takeOut  of a computer, what can be
//   hasKey    the key lies where it was wanted, as it should
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CKA, CKO, classOf, FACTORY_PIN, flag } from '../../e2e/lib/tokens.mjs';

export const PASSWORD = 'tishe edesh';
export const SECOND_PASSWORD = 'drugoi parol';
export const PIN = 'own-pin-77';
export const DISK = 'FLASH';

const filesUnder = (dir) => readdirSync(dir, { withFileTypes: true })
	.flatMap((e) => e.isDirectory() ? filesUnder(join(dir, e.name))
		: [join(dir, e.name)]);

// A key of ours in files: sealed, whatever the folder's name.
function sealedIn(dir) {
	const keys = filesUnder(dir).filter((f) => f.endsWith('key.p8'));
	assert.ok(keys.length > 0, filesUnder(dir).join(' '));
	for (const f of keys) {
		const der = readFileSync(f);
		// EncryptedPrivateKeyInfo begins with an algorithm, not a version.
		const at = der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7f);
		assert.equal(der[at], 0x30, f);
	}
}

async function slipPassword(j) {
	await j.consent('odin', 'drugoi', PASSWORD, PASSWORD);
}

// Two of three wrong; the last one is not spent unasked.
async function slipPin(j) {
	const { slot } = j.medium;
	j.tokens.insert(slot, { tries: 3, left: 3 });
	await j.consent('wrong-1', 'wrong-2', '!no');
	await j.shows('op.refused');
	assert.match(j.agent.asked(), /(Осталось попыток|Tries left): 2\./);
	assert.equal(j.tokens.describe(slot).left, '1');
	await j.look('pin-last');
	await j.press('sensor.skip');
	await j.consent('!yes', PIN);
}

const token = (slot, kind, label, more) => ({
	slot, shown: label, use: [PIN], hasDecryption: false,
	slips: slipPin,
	putIn: (j) => {
		if (j.tokens.isOut(slot)) {
			j.tokens.putBack(slot);
		} else {
			j.tokens.insert(slot, { kind, label,
				pin: j.interrupted ? PIN : more.pin });
		}
	},
	takeOut: (j) => j.tokens.pull(slot),
	...more,
});

export const MEDIA = {
	registry: {
		make: [PASSWORD, PASSWORD], use: [PASSWORD], slips: slipPassword,
		backup: DISK,
		hasKey: (j) => sealedIn(j.computer.home),
	},
	disk: {
		shown: DISK,
		make: [PASSWORD, PASSWORD], use: [PASSWORD], slips: slipPassword,
		backup: 'registry',
		putIn: (j, computer) => computer.putIn(j.disk),
		takeOut: (j, computer) => computer.takeOut(j.disk),
		hasKey: (j) => sealedIn(j.disk.dir),
	},
	passive: token('1', 'lite', 'Актив Rutoken lite 0', {
		pin: PIN, make: [PIN], backup: 'registry',
		fault: 'C_Login pull',
		hasKey: (j) => {
			const key = j.tokens.objects('1').find((o) =>
				o.get(CKA.LABEL).toString() === 'key.p8');
			assert.equal(flag(key, CKA.PRIVATE), true);
		},
	}),
	active: token('0', 'ecp', 'Rutoken ECP Иванов', {
		pin: FACTORY_PIN, make: [FACTORY_PIN, '!yes', PIN, PIN],
		backup: null, fault: 'C_Sign pull',
		hasKey: (j) => {
			const keys = j.tokens.objects('0').filter((o) =>
				classOf(o) === CKO.PRIVATE_KEY);
			assert.equal(keys.length, 1);
			assert.equal(flag(keys[0], CKA.EXTRACTABLE), false);
			assert.equal(flag(keys[0], CKA.NEVER_EXTRACTABLE), true);
		},
	}),
};
