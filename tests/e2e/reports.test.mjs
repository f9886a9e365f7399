// SPDX-License-Identifier: Apache-2.0
// Reports of delivery: what the network says of a message after its gateway
// took it, from Kannel and from a gateway that loses some; and what becomes of
// a code that was lost.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, ctl, sql, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { Kannel } from './lib/kannel.mjs';
import { addForm, Person, SIGN_IN_CODE } from './lib/person.mjs';
import { Running } from './lib/processes.mjs';
import { freePorts, ROOT, until } from './lib/scratch.mjs';

// A gateway of its own whose behaviour can be changed.
class Lossy {
	constructor(t, centre, port) {
		this.port = port;
		this.how = join(centre.dir, 'lossy.how');
		this.file = join(centre.dir, 'lossy.sms');
		writeFileSync(this.file, '');
		this.set('lost');
		this.running = new Running(t, process.execPath, [
			join(ROOT, 'tests/doubles/sms-gateway.mjs'), '--port', `${port}`,
			'--quiet', '--behave-file', this.how, '--file', this.file,
			'--url-file', `${this.file}.url`]);
	}

	set(how) {
		writeFileSync(this.how, how);
	}

	messages() {
		return readFileSync(this.file, 'utf8').split('\n').filter(Boolean)
			.map((l) => JSON.parse(l));
	}
}

const lossyConf = (port, door) => `{ name = "lossy";
	url = "http://127.0.0.1:${port}/send";
	headers = ["Content-Type: application/json"];
	body = "{\\"to\\":\\"{to}\\",\\"text\\":\\"{text}\\",\\"report\\":\\"{report_url}\\"}";
	body_format = "json";
	report_url = "${door}/delivery/{report}?status=STATUS";
	report_delivered = ["1"];
	report_failed = ["2"]; }`;

// The lossy one first, then Kannel.
function configure(kannel, port, centre) {
	const path = join(centre.dir, 'etc/surguch/courier.conf');
	kannel.configure(centre, '\tname = "kannel";\n',
		`${centre.public}/delivery/{report}?status=%d`);
	const [, members] = /gateway\s*:\s*\{([^]*)\};\s*$/
		.exec(readFileSync(path, 'utf8'));
	writeFileSync(path, `gateways : (\n${lossyConf(port, centre.public)},\n` +
		`{ ${members} }\n);\n`);
}

test('reports of delivery', async (t) => {
	const kannel = await Kannel.make(t);
	await kannel.start();
	const [port] = await freePorts(1);
	const centre = await startDesk(t, { seams: true,
		configure: (c) => configure(kannel, port, c) });
	const lossy = new Lossy(t, centre, port);
	await until(() => existsSync(`${lossy.file}.url`), 'the lossy gateway');
	centre.messages = () => kannel.messages();
	const person = await addPerson(centre);
	let last = 1000;
	async function asking() {
		const phone = `+7916000${last += 1}`;
		await addForm(centre, { phone, person, approved: false });
		const p = new Person(centre, phone);
		expectStatus(await p.ask(), 202);
		return p;
	}
	const newest = async () => (await sql(centre, 'select state, report, ' +
		'route, avoid, case when body is null then 1 else 0 end, attempts, id ' +
		'from outbox ' +
		'order by created_at desc, id desc limit 1'))[0];
	async function becomes(want) {
		let row;
		await until(async () => {
			row = (await newest()).slice(0, 6).map((c) => c ?? '').join(' ');
			return row === want;
		}, () => `${want}; it is ${row}`);
	}
	const listed = async () => JSON.parse(
		(await ctl(centre, 'message', 'list', '--json')).out).messages[0];

	await t.test('a lost code goes out by the other way at once', async () => {
		const p = await asking();
		expectStatus(await p.enter(await p.code(SIGN_IN_CODE)), 200);
		assert.equal(kannel.messages().filter((m) => m.to === p.phone).length,
			1);
		// And Kannel's own report says that it arrived.
		await becomes('delivered delivered kannel lossy 1 2');
		const m = await listed();
		assert.equal(m.state, 'delivered');
		assert.equal(m.route, 'kannel');
		assert.equal(m.tried, 'kannel delivered');
		assert.match(centre.log, /outbox\.trouble.*report.*lossy/);
	});

	await t.test('what arrived is not sent again', async () => {
		lossy.set('ok');
		const p = await asking();
		await becomes('delivered delivered lossy  1 1');
		assert.equal(lossy.messages().at(-1).to, p.phone);
		assert.equal(kannel.messages().filter((m) => m.to === p.phone).length,
			0);
	});

	await t.test('a stranger cannot report', async () => {
		const before = await newest();
		const id = (await listed()).id;
		for (const shown of [id, `${id}.`, `${id}.AAAAAAAAAAAAAAAAAAAAAA`,
			'.', 'msg_x.y', `${id}.${'A'.repeat(300)}`]) {
			for (const method of ['GET', 'POST']) {
				const r = await fetch(`${centre.public}/delivery/` +
					`${encodeURIComponent(shown)}?status=2`, { method });
				assert.equal(r.status, 404, shown);
				await r.text();
			}
		}
		assert.deepEqual(await newest(), before);
	});

	await t.test('the log has the message, and not what reports of it', () => {
		const shown = [...centre.log.matchAll(/path=(\/delivery\/\S*)/g)]
			.map((m) => m[1]);
		assert.ok(shown.filter((p) => /^\/delivery\/msg_\w+$/.test(p)).length > 2,
			shown.join());
		assert.deepEqual(shown.filter((p) => /[.%]/.test(p)), []);
	});

	await t.test('sent, until the network has spoken', async () => {
		lossy.set('lost');
		await kannel.stopOperator(); // Kannel takes it and reports nothing yet
		await asking();
		await becomes('delivered awaited kannel lossy 0 2');
		assert.equal((await listed()).state, 'sent');
		await kannel.startOperator();
		await becomes('delivered delivered kannel lossy 1 2');
	});

	await t.test('too late: nothing goes out', async () => {
		await kannel.kill();
		lossy.set('ok');
		await centre.killRole('surguch-courier');
		const path = join(centre.dir, 'etc/surguch/courier.conf');
		// A gateway that forgets to report.
		writeFileSync(path, readFileSync(path, 'utf8')
			.replace('?status=STATUS', '?status=odd'));
		await centre.killRole('surguch-courier');
		await asking();
		await becomes('delivered awaited lossy  0 1');
		await centre.down();
		centre.clock.set(1300);
		await centre.up();
		await becomes('delivered none lossy  1 1');
	});

	await t.test('each word stands in the metrics', async () => {
		await asking();
		await until(async () => /_reports_total\{route="lossy",report="other"\}/
			.test((await ctl(centre, 'metrics')).out), 'the odd word');
	});
	t.diagnostic('proves: A2 A10');
});
