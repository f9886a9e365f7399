// SPDX-License-Identifier: Apache-2.0
// The stream of events of a person's forms: what is told and when, to whom,
// what comes back after a break, and how it ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addPerson, call, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { ACT_CODE, addForm, gostRequest, pay, Person }
	from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

const STREAMS = 4;
const IDLE_SEC = 3600;
const WARN_SEC = 300;

// A browser's EventSource, without coming back by itself.
export class Stream {
	constructor(person, lastId) {
		this.events = [];
		this.text = '';
		const url = new URL('/v1/my/events', person.centre.api);
		this.req = request(url, { ca: readFileSync(person.centre.apiCa),
			agent: false, headers: { accept: 'text/event-stream',
				cookie: [...person.client.cookies].map((c) => c.join('='))
					.join('; '),
				...(lastId ? { 'last-event-id': lastId } : {}) } });
		this.ended = false;
		this.req.on('error', () => { this.ended = true; });
		this.req.end();
	}

	async open() {
		[this.res] = await once(this.req, 'response');
		this.res.setEncoding('utf8');
		this.res.on('data', (d) => this.take(d));
		this.res.on('error', () => { this.ended = true; });
		this.res.on('close', () => { this.ended = true; });
		if (this.res.statusCode === 200) {
			await this.heard((e) => e.event === 'ready');
		}
		return this;
	}

	take(data) {
		this.text += data;
		for (let at; (at = this.text.indexOf('\n\n')) >= 0;) {
			const lines = this.text.slice(0, at).split('\n');
			this.text = this.text.slice(at + 2);
			const field = (name) => lines.find((l) =>
				l.startsWith(`${name}: `))?.slice(name.length + 2);
			if (field('event')) {
				this.events.push({ event: field('event'), id: field('id'),
					data: JSON.parse(field('data')) });
			}
		}
	}

	async heard(is) {
		await until(() => this.events.some(is),
			() => `an event; there are ${JSON.stringify(this.events)}`);
		return this.events.find(is);
	}

	close() {
		this.req.destroy();
	}
}

test('events of a person', async (t) => {
	const centre = await startDesk(t, { seams: true });
	const who = await addPerson(centre);
	let num = 0;
	let clock = 0;
	async function owner(options = {}) {
		num += 1;
		const phone = `+7916500${1000 + num}`;
		const form = await addForm(centre, { phone, person: who, ...options });
		const p = await new Person(centre, phone).signIn();
		p.form = form;
		return p;
	}
	async function listen(p, lastId) {
		const s = await new Stream(p, lastId).open();
		t.after(() => s.close());
		return s;
	}
	const isState = (p, state) => (e) => e.event === 'form' &&
		e.data.id === p.form && e.data.state === state;

	await t.test('nobody without a session', async () => {
		const s = await listen(new Person(centre, '+79165000000'));
		assert.equal(s.res.statusCode, 401);
	});

	await t.test('each step is told, and to its own person only', async () => {
		const p = await owner({ paid: false, approved: false });
		const other = await owner();
		const s = await listen(p);
		const elsewhere = await listen(other);
		assert.equal(s.res.headers['content-type'], 'text/event-stream');
		assert.equal(s.res.headers['cache-control'], 'no-store');
		assert.equal(s.events[0].data.resumed, false);
		const session = (await p.get('/v1/session')).json;
		assert.ok(session.expires_at >= s.events[0].data.session.expires_at);
		assert.equal(session.idle_seconds, IDLE_SEC);
		assert.ok(session.life_ends_at > session.expires_at);

		await pay(centre, p.form);
		const paid = await s.heard(isState(p, 'ready'));
		// As the list has it.
		assert.deepEqual(paid.data, (await p.get('/v1/my/forms')).json.forms[0]);
		await p.apply(p.form);
		expectStatus(await p.check(), 200);
		await s.heard(isState(p, 'checked'));
		const { der } = await gostRequest(centre.dir, 'events');
		expectStatus(await p.request(der), 200);
		await s.heard(isState(p, 'keyed'));
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		await s.heard(isState(p, 'review'));
		assert.deepEqual(elsewhere.events.map((e) => e.event), ['ready']);
	});

	await t.test('a certificate comes, and ends', async () => {
		const p = await owner();
		const s = await listen(p);
		const { der } = await gostRequest(centre.dir, 'events-issued');
		await p.obtain(p.form, der);
		const { data } = await s.heard(isState(p, 'issued'));
		assert.equal(data.certificate.status, 'good');
		expectStatus(await call(centre, 'POST',
			`/v1/certificates/${data.certificate.id}/revocation`,
			{ reason: 'superseded' }), 200);
		await s.heard((e) => e.data.certificate?.status === 'revoked');
	});

	await t.test('who comes back is told what changed meanwhile', async () => {
		const p = await owner({ paid: false, approved: false });
		const first = await listen(p);
		const { id } = first.events[0];
		first.close();
		await pay(centre, p.form);
		const s = await listen(p, id);
		assert.equal(s.events[0].data.resumed, true);
		await s.heard(isState(p, 'ready'));
		// Not what it cannot have heard of, nor what is too old to tell.
		for (const bad of ['x', '-1', '99999999999', '5']) {
			const again = await listen(p, bad);
			assert.equal(again.events[0].data.resumed, false, bad);
		}
	});

	await t.test('the oldest of too many is ended', async () => {
		const p = await owner();
		const all = [];
		for (let i = 0; i < STREAMS + 1; i += 1) {
			all.push(await listen(p));
		}
		const end = await all[0].heard((e) => e.event === 'end');
		assert.equal(end.data.reason, 'other');
		await until(() => all[0].ended, 'its end');
		assert.ok(all.slice(1).every((s) => !s.ended));
	});

	await t.test('it ends with the session', async () => {
		const p = await owner();
		const s = await listen(p);
		expectStatus(await p.client.request('DELETE', '/v1/session'), 204);
		const end = await s.heard((e) => e.event === 'end');
		assert.equal(end.data.reason, 'session');
		await until(() => s.ended, 'its end');
	});

	await t.test('it warns, is no use of the session, and ends', async () => {
		const p = await owner();
		const s = await listen(p);
		const later = (sec) => centre.clock.set(clock += sec);
		later(IDLE_SEC - WARN_SEC + 1);
		const warning = await s.heard((e) => e.event === 'session');
		assert.equal(warning.data.expires_at,
			s.events[0].data.session.expires_at);
		// One call, and there is an hour more.
		expectStatus(await p.get('/v1/session'), 200);
		later(WARN_SEC + 10);
		await new Promise((done) => { setTimeout(done, 2500); });
		assert.ok(!s.ended);
		later(IDLE_SEC);
		const end = await s.heard((e) => e.event === 'end');
		assert.equal(end.data.reason, 'session');
	});

	await t.test('front is killed: it ends, and is taken up',
		async () => {
			const p = await owner();
			const s = await listen(p);
			const { id } = s.events[0];
			await p.apply(p.form);
			await centre.killRole('surguch-front');
			await until(() => s.ended, 'its end');
			const again = await listen(p, id);
			assert.equal(again.events[0].data.resumed, true);
			await again.heard(isState(p, 'ready'));
		});
	console.log('proves: A12');
});
