// SPDX-License-Identifier: Apache-2.0
// Codes through a real SMS gateway, set up as the manual says: what a phone
// shows, and what becomes of a code when the gateway or the operator behind it
// is away, or takes the message and never answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPerson, sql, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { Kannel } from './lib/kannel.mjs';
import { addForm, Person, SIGN_IN_CODE } from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

const PAUSE_SEC = 20; // after the first try; each is longer by as much
const TRIES = 8;
const RESEND_SEC = 120;
const CODE_LIFE_SEC = 1200;
const TEXT = new RegExp('^Код \\d{4} \\d{4} для входа в Личный кабинет \\(20 мин\\)\\. ' +
	'Никому не сообщайте$');

test('codes by way of Kannel', async (t) => {
	const kannel = await Kannel.make(t);
	await kannel.start();
	const centre = await startDesk(t, { seams: true,
		configure: (c) => kannel.configure(c, '\ttimeout_ms = 1500;\n') });
	centre.messages = () => kannel.messages();
	const person = await addPerson(centre);
	let clock = 0;
	let last = 1000;
	const later = (sec) => centre.clock.set(clock += sec);
	// Somebody who has asked for a code.
	async function asking() {
		const phone = `+7916000${last += 1}`;
		await addForm(centre, { phone, person, approved: false });
		const p = new Person(centre, phone);
		expectStatus(await p.ask(), 202);
		return p;
	}
	// The newest message, as the outbox has it: {state, attempts}
	async function outbox() {
		const [[state, attempts]] = await sql(centre, 'select state, attempts ' +
			'from outbox order by created_at desc, id desc limit 1');
		return { state, attempts: Number(attempts) };
	}
	const becomes = async (state, attempts) => {
		let now;
		await until(async () => {
			now = await outbox();
			return now.state === state && now.attempts === attempts;
		}, () => `${state} after ${attempts} tries; it is ` +
			JSON.stringify(now));
	};
	const sent = (p) => kannel.messages().filter((m) => m.to === p.phone);
	const enters = async (p) =>
		expectStatus(await p.enter(await p.code(SIGN_IN_CODE)), 200);

	await t.test('the text arrives as it was written', async () => {
		const p = await asking();
		await enters(p);
		assert.equal(sent(p).length, 1);
		assert.match(sent(p)[0].text, TEXT);
		await becomes('delivered', 1);
	});

	await t.test('the operator is away: Kannel keeps the code', async () => {
		await kannel.stopOperator();
		const p = await asking();
		await becomes('delivered', 1);
		assert.equal(sent(p).length, 0);
		await kannel.startOperator();
		await enters(p);
	});

	await t.test('Kannel is away: the code waits for it', async () => {
		await kannel.kill();
		const p = await asking();
		for (let i = 1; i < TRIES; i += 1) {
			await becomes('due', i);
			later(i * PAUSE_SEC + 1);
		}
		await becomes('due', TRIES);
		await kannel.start();
		later(TRIES * PAUSE_SEC + 1);
		await becomes('delivered', TRIES + 1);
		await enters(p);
		assert.equal(sent(p).length, 1);
	});

	await t.test('no answer: not sent again unasked', async () => {
		kannel.freeze();
		const p = await asking();
		await becomes('unclear', 1);
		kannel.thaw(); // and it was sent after all
		const code = await p.code(SIGN_IN_CODE);
		later(RESEND_SEC + 1);
		// Another's code overtakes whatever would still be due.
		await enters(await asking());
		assert.equal(sent(p).length, 1);
		const [[unclear]] = await sql(centre,
			"select count(*) from outbox where state = 'unclear'");
		assert.equal(unclear, '1');
		// The person asks: a new code, and the old one counts no more.
		expectStatus(await p.ask(true), 202);
		const now = await p.code(SIGN_IN_CODE);
		assert.equal((await p.enter(code)).json.rule, 'otp.wrong');
		expectStatus(await p.enter(now), 200);
		assert.equal(sent(p).length, 2);
	});
	await t.test('a code that never left is wiped when it is late', async () => {
		await kannel.kill();
		await asking();
		await becomes('due', 1);
		await centre.down();
		later(CODE_LIFE_SEC + 1);
		await centre.up();
		await becomes('expired', 1);
		assert.deepEqual(await sql(centre, 'select count(*) from outbox ' +
			'where body is not null or recipient is not null'), [['0']]);
	});
	t.diagnostic('proves: A2');
});
