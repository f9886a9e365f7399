// SPDX-License-Identifier: Apache-2.0
// Two SMS gateways: Kannel, and another one for when it is away, refuses or
// hangs.  One code is one message all the same.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, ctl, sql, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { Kannel } from './lib/kannel.mjs';
import { addForm, Person, SIGN_IN_CODE } from './lib/person.mjs';
import { MailServer } from './lib/mailserver.mjs';
import { Running } from './lib/processes.mjs';
import { freePorts, ROOT, until } from './lib/scratch.mjs';

const PARTS = 1; // of the sign-in code's SMS
const PRICE = { main: 350, spare: 500 };

// Kannel's settings and the double's, one after the other.
function configure(kannel, centre) {
	const path = join(centre.dir, 'etc/surguch/courier.conf');
	const members = (text) => /gateway\s*:\s*\{([^]*)\};\s*$/.exec(text)[1];
	const spare = members(readFileSync(path, 'utf8'));
	kannel.configure(centre, '\ttimeout_ms = 1500;\n');
	const main = members(readFileSync(path, 'utf8'));
	writeFileSync(path, `gateways : (
{ name = "main"; price_part = ${PRICE.main}; ${main} },
{ name = "spare"; price_part = ${PRICE.spare}; prefixes = ["+7"]; ${spare} }
);\n`);
}

test('codes by two gateways', async (t) => {
	const kannel = await Kannel.make(t);
	await kannel.start();
	const centre = await startDesk(t, { seams: true,
		configure: (c) => configure(kannel, c) });
	const phone = centre.messages.bind(centre);
	// Of both, in the order of being seen first.
	const seen = { list: [], kannel: 0, phone: 0 };
	centre.messages = () => {
		const [k, d] = [kannel.messages(), phone()];
		seen.list.push(...k.slice(seen.kannel), ...d.slice(seen.phone));
		[seen.kannel, seen.phone] = [k.length, d.length];
		return seen.list;
	};
	const person = await addPerson(centre);
	let last = 1000;
	async function asking() {
		const number = `+7916000${last += 1}`;
		await addForm(centre, { phone: number, person, approved: false });
		const p = new Person(centre, number);
		expectStatus(await p.ask(), 202);
		return p;
	}
	const enters = async (p) =>
		expectStatus(await p.enter(await p.code(SIGN_IN_CODE)), 200);
	const count = (p, messages) =>
		messages.filter((m) => m.to === p.phone).length;
	// The newest message, as the outbox has it, once it is like `state`.
	async function ends(state) {
		let row;
		await until(async () => {
			[row] = await sql(centre, 'select state, route, tried, parts, ' +
				'cost from outbox order by created_at desc, id desc limit 1');
			return row[0] === state;
		}, () => `${state}; it is ${row}`);
		return row;
	}

	await t.test('the first one takes it', async () => {
		const p = await asking();
		await enters(p);
		assert.deepEqual(await ends('delivered'), ['delivered', 'main',
			'main delivered', `${PARTS}`, `${PARTS * PRICE.main}`]);
		assert.equal(count(p, phone()), 0);
	});

	await t.test('it hangs: not sent by the other unasked', async () => {
		kannel.freeze();
		const p = await asking();
		const row = await ends('unclear');
		assert.equal(row[2], 'main unclear');
		// The next person's code goes by the other at once.
		const q = await asking();
		await enters(q);
		assert.equal((await ends('delivered'))[2], 'spare delivered');
		assert.equal(count(q, phone()), 1);
		assert.equal(count(p, phone()), 0);
		kannel.thaw();
		await enters(p); // Kannel had it, and sent it once
		assert.equal(count(p, kannel.messages()), 1);
		assert.equal(count(p, phone()), 0);
	});

	await t.test('it is away: the other one takes it at once', async () => {
		await kannel.kill();
		await centre.killRole('surguch-courier'); // nothing cools any more
		const p = await asking();
		await enters(p);
		assert.deepEqual(await ends('delivered'), ['delivered', 'spare',
			'main retry, spare delivered', `${PARTS}`,
			`${PARTS * PRICE.spare}`]);
		assert.equal(count(p, phone()), 1);
		assert.match(centre.log, /outbox\.trouble.*main: nothing was sent/);
		// It does so three times, and cools down.
		await enters(await asking());
		await enters(await asking());
		await until(async () => JSON.parse((await ctl(centre, 'doctor',
			'--json')).out).findings.some((f) => f.what === 'gateway main' &&
			f.level === 'warning'), 'the doctor to name it');
	});

	await t.test('what each did stands in the metrics', async () => {
		const { out } = await ctl(centre, 'metrics');
		for (const line of [
			/_tries_total\{route="main",outcome="delivered"\} 1/,
			/_tries_total\{route="main",outcome="unclear"\} 1/,
			/_tries_total\{route="main",outcome="retry"\} 3/,
			/_tries_total\{route="spare",outcome="delivered"\} 4/,
		]) {
			assert.match(out, line);
		}
	});

	await t.test('over TLS, by a root of the settings alone', async () => {
		const house = await MailServer.make(t); // it has a root
		const [port] = await freePorts(1);
		const taken = join(house.dir, 'sms.jsonl');
		const gateway = new Running(t, process.execPath,
			[join(ROOT, 'tests/doubles/sms-gateway.mjs'), '--port', `${port}`,
				'--file', taken, '--quiet', '--url-file', `${taken}.url`,
				'--key', join(house.dir, 'server.key'),
				'--cert', join(house.dir, 'server.pem')]);
		await until(() => existsSync(`${taken}.url`),
			() => `the gateway to listen:\n${gateway.log}`);
		const settings = (ca) => writeFileSync(
			join(centre.dir, 'etc/surguch/courier.conf'), `gateway : {
	url = "https://127.0.0.1:${port}/send";
	headers = ["Content-Type: application/json"];
	body_format = "json";
	body = "{\\"to\\":\\"{to}\\",\\"text\\":\\"{text}\\"}";
	ca_file = "${ca}";
};\n`);
		settings(centre.apiCa); // another root
		await centre.killRole('surguch-courier');
		const p = await asking();
		await until(() => /nothing was sent: SSL cert/.test(centre.log),
			'its certificate to be refused');
		assert.equal(existsSync(taken), false);
		settings(house.ca);
		await centre.killRole('surguch-courier');
		const q = await asking();
		// The double makes the file before it writes the line.
		const lines = () => existsSync(taken)
			? readFileSync(taken, 'utf8').split('\n').slice(0, -1) : [];
		await until(() => lines().length > 0, 'the code');
		const sms = JSON.parse(lines()[0]);
		assert.equal(sms.to, q.phone);
		assert.notEqual(sms.to, p.phone);
	});
	t.diagnostic('proves: A2');
});
