// SPDX-License-Identifier: Apache-2.0
// The agent's window on a desktop: surguch-window by itself, and as the agent
// starts it.  Pictures of it are kept.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from './lib/agent.mjs';
import { addPerson, PERSON, startDesk } from './lib/desk.mjs';
import { Display } from './lib/display.mjs';
import { expectStatus } from './lib/http.mjs';
import { addForm, Person } from './lib/person.mjs';
import { descendants, lives } from './lib/processes.mjs';
import { BUILD, until } from './lib/scratch.mjs';

const PROGRAM = join(BUILD, 'src/window/surguch-window');
const NOT_YET_MS = 1300; // what agrees takes no press before

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function part(kind, text) {
	const bytes = Buffer.from(text);
	const head = Buffer.alloc(5);
	head.write(kind);
	head.writeUInt32BE(bytes.length, 1);
	return Buffer.concat([head, bytes]);
}

function question(...parts) {
	const body = Buffer.concat(parts.map(([kind, text]) => part(kind, text)));
	const head = Buffer.alloc(8);
	head.write('SGQ1');
	head.writeUInt32BE(body.length, 4);
	return Buffer.concat([head, body]);
}

const ASKED = [['H', 'Подписать этот текст?'], ['Y', 'Подписать'],
	['N', 'Отказаться']];
const LINES = [['L', 'Центр'], ['V', 'Удостоверяющий центр «Сургуч»'],
	['L', 'Сайт'], ['V', 'https://ca.example.ru']];

// surguch-window with a question: {say(), ended}
class Window {
	constructor(t, display, bytes, env = {}) {
		this.child = spawn(PROGRAM, [], { stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...process.env, ...display?.env, ...env } });
		this.out = '';
		this.err = '';
		this.child.stdout.setEncoding('utf8').on('data', (d) => {
			this.out += d;
		});
		this.child.stderr.setEncoding('utf8').on('data', (d) => {
			this.err += d;
		});
		this.child.stdin.on('error', () => {});
		this.child.stdin.write(bytes);
		this.ended = new Promise((done) => this.child.on('close',
			(code) => done({ code, out: this.out, err: this.err })));
		t.after(() => this.child.kill('SIGKILL'));
	}
}

test('surguch-window by itself', async (t) => {
	const display = await Display.start(t);
	const show = (parts, env) => new Window(t, display,
		question(...ASKED, ...parts), env);

	await t.test('Enter refuses, and so does Escape', async () => {
		for (const key of ['Return', 'Escape']) {
			const w = show(LINES);
			await display.window();
			await wait(NOT_YET_MS);
			await display.key(key);
			assert.deepEqual(await w.ended, { code: 0, out: 'no\n', err: '' });
		}
	});

	await t.test('nobody agrees to a window that just came up', async () => {
		const w = show(LINES);
		const id = await display.window();
		const [, width, height] = /Geometry: (\d+)x(\d+)/.exec(
			await display.hands('getwindowgeometry', id));
		await display.hands('mousemove', '--window', id, `${width - 190}`,
			`${height - 34}`, 'click', '1', 'click', '1');
		await wait(NOT_YET_MS);
		assert.equal(w.out, '');
		// The button takes presses now, and it is one Tab away.
		await display.key('shift+Tab', 'space');
		assert.deepEqual(await w.ended, { code: 0, out: 'yes\n', err: '' });
	});

	await t.test('a hostile text is text', async () => {
		const evil = '<span size="1">мелко</span> &amp; <a href="x">y</a> ' +
			'%s %n _М&nbsp;';
		const w = show([...LINES, ['L', 'Документ'], ['V', evil],
			['Q', `${evil}\n${'длинная строка без конца '.repeat(200)}\n` +
				'последние слова\n']]);
		await display.window();
		await display.picture('window-hostile');
		// All of it can be reached with the keyboard.
		const before = display.png();
		await display.key('End');
		await wait(300);
		assert.notDeepEqual(display.png(), before);
		await display.picture('window-hostile-end');
		await display.key('Escape');
		assert.equal((await w.ended).err, '');
	});

	await t.test('large letters keep the buttons in sight', async () => {
		const text = ['Q', 'Сведения о сертификате.\n'.repeat(60)];
		const w = show([...LINES, text], { GDK_DPI_SCALE: '2' });
		await display.window();
		await display.picture('window-large');
		await display.key('ctrl+plus', 'ctrl+plus', 'ctrl+plus');
		await display.picture('window-larger');
		await display.key('Return');
		assert.equal((await w.ended).out, 'no\n');
	});

	await t.test('it closes when the question is taken back', async () => {
		const w = show(LINES);
		await display.window();
		w.child.stdin.end();
		assert.deepEqual(await w.ended, { code: 1, out: '', err: '' });
		await display.gone();
	});

	await t.test('what is no question is not shown', async () => {
		const whole = question(...ASKED, ...LINES);
		const bad = [
			Buffer.from('GET / HTTP/1.1\r\n'),
			Buffer.concat([Buffer.from('SGQ1'), Buffer.alloc(4, 0xff)]),
			question(['H', 'x'], ['Y', 'y']),
			question(['Y', 'y'], ['H', 'x'], ['N', 'n']),
			question(...ASKED, ['V', 'a value without a name']),
			question(...ASKED, ['L', 'a name without a value']),
			question(...ASKED, ['L', 'a'], ['V', 'turned \u202e round']),
			question(...ASKED, ['L', 'a'], ['V', 'two\nlines']),
			question(...ASKED, ['?', 'unknown']),
		];
		for (const bytes of bad) {
			const w = new Window(t, display, bytes);
			w.child.stdin.end();
			const r = await w.ended;
			assert.deepEqual([r.code, r.out], [2, ''], r.err);
			assert.match(r.err, /\[question\.(form|text|size)\]/);
		}
		const cut = new Window(t, display, whole.subarray(0, -1));
		cut.child.stdin.end();
		assert.equal((await cut.ended).code, 2);
	});

	await t.test('without a display it says so', async () => {
		const w = new Window(t, null, question(...ASKED, ...LINES),
			{ DISPLAY: ':65000', WAYLAND_DISPLAY: '', GDK_BACKEND: 'x11' });
		const r = await w.ended;
		assert.deepEqual([r.code, r.out], [3, '']);
		assert.match(r.err, /no display/);
	});
	t.diagnostic('proves: A7');
});

test('the agent asks in a window', async (t) => {
	const centre = await startDesk(t);
	const display = await Display.start(t);
	const agent = await Agent.start(t, centre, { display });
	await agent.trust();
	const page = agent.page();
	const logged = (pattern) => until(() => pattern.test(agent.seen),
		() => `${pattern} in the agent's log:\n${agent.seen}`);

	async function asks() {
		const person = await addPerson(centre,
			{ ...PERSON, surname: 'Оконная' });
		const phone = `+7916301${1000 + asks.num++}`;
		const form = await addForm(centre, { phone, person });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		return async () => {
			const order = expectStatus(await p.post(p.at('orders'),
				{ agent: page.agentId, operation: 'make_key' }), 201);
			return expectStatus(await page.start(order,
				{ medium: 'registry' }), 202).operation;
		};
	}
	asks.num = 0;

	await t.test('pairing: refused, then agreed with the mouse', async () => {
		const no = await agent.page().pair('no');
		assert.equal(no.ended.state, 'refused');
		await logged(/event=agent\.pairing .*state=refused/);
		const { ended } = await page.pair('mouse');
		assert.equal(ended.state, 'paired');
		const r = expectStatus(await page.post('/v1/workplace'), 200);
		assert.equal(r.agent.window, 'gtk');
	});

	const start = await asks();
	await t.test('a key: the person says no', async () => {
		const operation = await start();
		await display.window();
		await display.picture('window-make-key');
		await agent.answer('no');
		const end = await page.ends(operation);
		assert.equal(end.problem.rule, 'agent.refused');
		await display.gone();
		await logged(/event=agent\.operation .*rule=agent\.refused/);
	});

	await t.test('taken back, the window closes', async () => {
		const operation = await start();
		await display.window();
		expectStatus(await page.post('/v1/operation/cancel', { operation }),
			204);
		assert.equal((await page.ends(operation)).problem.rule,
			'agent.cancelled');
		await display.gone();
		await logged(/event=agent\.operation .*rule=agent\.cancelled/);
	});

	await t.test('a window that is killed is no consent', async () => {
		const operation = await start();
		await display.window();
		const [w] = descendants(agent.child.pid)
			.filter((p) => p.name === 'surguch-window');
		process.kill(w.pid, 'SIGKILL');
		assert.equal((await page.ends(operation)).problem.rule,
			'agent.window');
		// Nothing is left of it.
		await until(() => !lives(w.pid), 'the window to be gone');
	});

	await t.test('consent, and the password by a real pinentry', async () => {
		const operation = await start();
		await agent.answer('yes');
		await display.window('^surguch-agent$|pinentry');
		await display.picture('window-pinentry');
		for (let i = 0; i < 2; i++) {
			const id = await display.window('^surguch-agent$|pinentry');
			await display.type('Parol-1');
			await display.key('Return');
			await until(async () => !(await display.windows(
				'^surguch-agent$|pinentry')).includes(id),
			'the first password window to close', { everyMs: 50 });
		}
		const end = await page.ends(operation);
		assert.equal(end.state, 'done', JSON.stringify(end));
		assert.equal(end.result.container.has_password, true);
		assert.ok(!agent.seen.includes('Parol-1'));
	});
	t.diagnostic('proves: A7 A9');
});
