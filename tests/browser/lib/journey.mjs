// SPDX-License-Identifier: Apache-2.0
// A person's whole way through the cabinet, rows A1 to A21, with one medium in
// one language: the same way for all of them; media.mjs says where they differ.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentDouble } from '../../doubles/agent.mjs';
import { Agent } from '../../e2e/lib/agent.mjs';
import { sql, startDesk, writeSql } from '../../e2e/lib/desk.mjs';
import { Display } from '../../e2e/lib/display.mjs';
import { opensslMust } from '../../e2e/lib/openssl.mjs';
import { ACT_CODE, addForm, pay, PHONE, SIGN_IN_CODE }
	from '../../e2e/lib/person.mjs';
import { scratch, until } from '../../e2e/lib/scratch.mjs';
import { ClockOffset } from '../../e2e/lib/seams.mjs';
import { Tokens } from '../../e2e/lib/tokens.mjs';
import { launch, look, noFaults, openPage, OUTSIDE } from './browser.mjs';
import { withPages } from './centre.mjs';
import { Computer, Disk } from './computer.mjs';
import { DISK, MEDIA, SECOND_PASSWORD } from './media.mjs';
import { words } from './words.mjs';

const STRANGER = '+79990000000';
const LOCALES = { ru: 'ru-RU', en: 'en-US' };
const RESEND_SEC = 121;
const TWO_YEARS_SEC = 2 * 366 * 86400;
const KEPT_PASSWORD = 'starye klyuchi';

const digitsOf = (code) => code.replace(/\D/g, '');
const wrong = (code) => digitsOf(code).replace(/^./,
	(d) => d === '9' ? '1' : '9');

export class Journey {
	// lang         'ru' or 'en'
	// interrupted  the browser is closed after every step, and the way gone
	//              on with another profile; fingers slip on the way
	// windows      the agent asks in its windows, secrets in the real pinentry
	static async start(t, medium, lang, { interrupted = false,
		windows = false } = {}) {
		const j = new Journey();
		Object.assign(j, { t, lang, interrupted, kind: medium,
			medium: MEDIA[medium], name: `${medium}-${lang}` });
		j.say = await words(t, lang);
		j.centre = await startDesk(t, { configure: withPages, seams: true });
		j.form = await addForm(j.centre, { paid: false });
		j.disk = await Disk.make(t, DISK);
		j.computer = await Computer.start(t, lang);
		j.clock = new ClockOffset(t, scratch(t));
		j.tokens = j.medium.slot === undefined ? null
			: new Tokens(join(scratch(t), 'tokens'));
		j.display = windows ? await Display.start(t) : null;
		await j.openBrowser();
		return j;
	}

	// --- the browser -----------------------------------------------------

	async openBrowser(computer = this.computer) {
		this.browser = await launch(this.t, this.centre, computer);
		this.page = await openPage(this.browser, this.centre,
			{ public: true, locale: LOCALES[this.lang] });
	}

	async allow() {
		await this.page.context().grantPermissions(['local-network-access'],
			{ origin: this.page.baseURL });
	}

	heading(key) {
		return this.page.getByRole('heading', { level: 1,
			name: this.say(key), exact: true }).waitFor();
	}

	shows(key, ...args) {
		return this.page.getByText(this.say(key, ...args)).first().waitFor();
	}

	press(key) {
		return this.page.getByRole('button', { name: this.say(key),
			exact: true }).click();
	}

	follow(key) {
		return this.page.getByRole('link', { name: this.say(key) }).first()
			.click();
	}

	type(key, text) {
		return this.page.getByLabel(this.say(key)).fill(text);
	}

	look(step) {
		return look(this.page, `${this.name}-${step}`);
	}

	// Once more from the beginning: another profile of another browser, signed
	// in and on the list; the form's row leads to this heading.
	async interrupt(key, { pair = false } = {}) {
		if (!this.interrupted) {
			return;
		}
		await noFaults(this.page);
		await this.browser.close();
		await this.openBrowser();
		await this.allow();
		await this.signInAgain();
		await this.openForm();
		await this.heading(key);
		if (pair) {
			await this.pair();
		}
	}

	openForm(form = this.form) {
		return this.page.locator(`a[href^="/my/forms/${form}"]`).click();
	}

	async askForCode(phone) {
		await this.type('in.phone', phone);
		await this.press('in.get');
		await this.heading('in.code.h');
	}

	async signInAgain() {
		// Nobody does this so often: as if an hour had passed in between.
		await writeSql(this.centre, 'delete from limit_bucket');
		await this.page.goto('/');
		await this.askForCode(PHONE);
		await this.enter(await this.sms(SIGN_IN_CODE));
		await this.heading('list.h');
	}

	async enter(code) {
		await this.type('in.code', code);
		await this.press('in.enter');
	}

	async sms(pattern) {
		return (await this.centre.sms(pattern, { to: PHONE }))[1];
	}

	// --- the person at the agent -----------------------------------------

	async startAgent(computer = this.computer) {
		this.agent = await Agent.start(this.t, this.centre, { port: 0,
			computer, tokens: this.tokens, display: this.display,
			clock: this.clock });
		await this.agent.trust();
		if (this.interrupted) {
			this.agent.passwords();
		}
	}

	// The agent's question, agreed to, and the secrets typed behind it; its
	// words, where it has a terminal.
	async consent(...secrets) {
		if (this.display === null) {
			this.agent.passwords(...secrets);
			return this.agent.answer('yes');
		}
		await this.display.window();
		await this.display.picture(`${this.name}-window-${this.pictures ??= 1}`);
		this.pictures += 1;
		await this.agent.answer('yes');
		for (const secret of secrets) {
			await this.typeSecret(secret);
		}
		return '';
	}

	async typeSecret(secret) {
		const any = '^surguch-agent$|pinentry';
		const id = await this.display.window(any);
		const owner = await this.display.owner(id);
		await this.display.picture(`${this.name}-pinentry`);
		if (secret === '!yes') { // a question: what does nothing is at hand
			await this.display.key('Tab', 'space');
		} else {
			await this.display.type(secret);
			await this.display.key('Return');
		}
		assert.ok(await this.display.closes(id, owner, 15000),
			'the password window stays');
	}

	async pair() {
		await this.press('work.pair.start');
		await this.page.locator('.pairing').waitFor();
		const code = digitsOf(await this.page.locator('.pairing').innerText());
		const asked = await this.consent();
		if (asked !== '') {
			assert.ok(asked.replace(/[ \u00a0]/g, '').includes(code), asked);
			assert.ok(asked.includes(this.centre.api), asked);
		}
		await this.page.locator('.pairing').waitFor({ state: 'detached' });
	}

	async logged(pattern) {
		await until(() => pattern.test(this.agent.log),
			() => `${pattern} in the agent's log:\n${this.agent.log}`);
	}

	state() {
		return sql(this.centre, 'select state from application')
			.then((rows) => rows.map(([s]) => s));
	}

	async putIn(computer = this.computer) {
		await this.medium.putIn?.(this, computer);
	}

	async takeOut(computer = this.computer) {
		await this.medium.takeOut?.(this, computer);
	}

	// --- the way ---------------------------------------------------------

	// A1, A2
	async signIn() {
		const { page } = this;
		const told = async (phone) => {
			await page.goto('/');
			await this.askForCode(phone);
			return digitless(await page.locator('main').innerText());
		};
		assert.equal(await told(STRANGER), await told(PHONE));
		await this.look('sign-in-code');
		const first = await this.sms(SIGN_IN_CODE);
		await this.enter(wrong(first));
		await this.shows('in.code.bad');
		assert.equal(await page.getByText(this.say('in.call_none')).count(), 0);
		await this.press('in.enter');
		await this.shows('in.code.tries', 3);
		await page.getByText('8 800 500-50-80').first().waitFor();
		// Two minutes later, here and there.
		this.centre.clock.set(RESEND_SEC);
		await page.evaluate((ms) => {
			const Real = Date;
			globalThis.Date = class extends Real {
				constructor(...of) {
					super(...of.length === 0 ? [Real.now() + ms] : of);
				}

				static now() {
					return Real.now() + ms;
				}
			};
		}, RESEND_SEC * 1000);
		await this.press('in.again');
		await this.shows('in.again_sent');
		const second = await this.sms(SIGN_IN_CODE);
		await this.enter(first);
		await this.shows('in.code.tries', 4);
		await this.look('sign-in-again');
		await this.enter(second);
		await this.heading('list.h');
	}

	// A3, A17
	async list() {
		await this.shows('state.unpaid');
		await this.look('list');
		await this.openForm();
		await this.heading('pay.h');
		await this.shows('pay.text', 'Иванов Иван Иванович');
		await pay(this.centre, this.form);
		await this.heading('data.h');
	}

	// A4
	async data() {
		const shown = await this.page.locator('dl').innerText();
		for (const [row, value] of [['full_name', 'Иванов Иван Иванович'],
			['country', 'RU'], ['email', 'direktor@e.ru'],
			['snils', '075-001-221 05'], ['inn', '500100732259']]) {
			assert.match(shown, new RegExp(
				`^${this.say(`row.${row}`)}\\n+${value}$`, 'm'));
		}
		await this.shows('data.support');
		await this.look('data');
		await this.press('data.right');
		await this.heading('work.h');
	}

	// A5: from nothing at all to a workplace that is ready, without a reload.
	async workplace() {
		await this.shows('work.agent.none');
		await this.look('workplace-none');
		if (this.interrupted) {
			await this.refused();
		}
		await this.allow();
		const old = await AgentDouble.start(this.t, { protocol: 0 });
		await this.shows('work.agent.old', 0, 1);
		old.stop();
		await this.shows('work.agent.none');
		await this.startAgent();
		await this.shows('work.pair.need');
		this.page.faults.splice(0); // what the browser stopped before
		if (this.interrupted) {
			await this.press('work.pair.start');
			await this.page.locator('.pairing').waitFor();
			await this.agent.answer('no');
			await this.shows('work.pair.refused');
		}
		await this.pair();
		await this.shows('work.ready');
		await this.look('workplace');
		await this.interrupt('work.h', { pair: true });
		await this.shows('work.ready');
		await this.press('work.next');
		await this.heading('medium.h');
	}

	// The browser forbids, and then does not.  It asks for permission only where
	// the site does not bear a loopback address of its own.
	async refused() {
		const { page } = this;
		this.page = await openPage(this.browser, this.centre, { public: true,
			host: OUTSIDE, locale: LOCALES[this.lang] });
		await this.signInAgain();
		await this.openForm();
		await this.shows('work.permission.prompt');
		// Nobody answers a browser without a window: it refuses.
		await this.press('work.permission.ask');
		await this.shows('work.permission.denied');
		await this.look('workplace-denied');
		await this.allow();
		await this.shows('work.permission.ok');
		await this.page.context().close();
		this.page = page;
	}

	// A6
	async chooseMedium() {
		if (this.medium.putIn) {
			await this.shows('medium.lead');
			assert.equal(await this.page.getByRole('radio').count(), 1);
			await this.putIn();
		}
		await this.pick();
		await this.look('medium');
		if (this.interrupted) {
			await this.interrupt('work.h', { pair: true });
			await this.press('work.next');
			await this.pick();
		}
		await this.press('medium.get');
		await this.heading('sensor.h');
	}

	// A7, A8, A9
	async makeKey() {
		const { page, medium } = this;
		if (this.interrupted) {
			await page.locator('.sensor').focus();
			for (let i = 0; i < 20; i += 1) {
				await page.keyboard.press('a');
			}
			await this.interrupt('work.h', { pair: true });
			await this.press('work.next');
			await this.pick();
			await this.press('medium.get');
			await this.press('sensor.skip');
			await medium.slips(this);
		} else {
			const box = await page.locator('.sensor').boundingBox();
			for (let i = 0; i < 90; i += 1) {
				await page.mouse.move(box.x + 20 + (i * 9) % (box.width - 40),
					box.y + 120 + 80 * Math.sin(i / 5));
			}
			await this.look('sensor');
			if (await page.getByRole('button', { name:
				this.say('sensor.skip') }).isVisible()) {
				await this.press('sensor.skip');
			}
			await this.shows('op.consent');
			const asked = await this.consent(...medium.make);
			assert.ok(asked === '' || asked.includes('Иванов'), asked);
		}
		await this.heading('confirm.h');
		await this.logged(/kind=make_key/);
		await medium.hasKey(this);
	}

	// A10
	async confirm() {
		await this.look('confirm');
		await this.interrupt('confirm.h');
		let code = await this.sms(ACT_CODE);
		if (this.interrupted) {
			// A code is good for the sign-in in which it was sent.
			await this.type('confirm.code', code);
			await this.press('confirm.send');
			await this.shows('confirm.code.spent');
			await this.press('in.again');
			await this.shows('confirm.again_sent');
			await this.sms(ACT_CODE);
			await this.interrupt('confirm.h');
			await this.press('in.again');
			code = await this.sms(ACT_CODE);
		}
		await this.type('confirm.code', wrong(code));
		await this.press('confirm.send');
		await this.shows('confirm.code.bad');
		await this.type('confirm.code', code);
		await this.press('confirm.send');
		// A12: live, within seconds.
		await this.heading('read.h');
	}

	// A18, and A11's other half: the medium is out when another profile comes.
	async read() {
		if (this.interrupted) {
			await this.interrupt('read.h');
			await this.takeOut();
			await this.pair();
			if (this.medium.takeOut) {
				await this.shows('install.lies', this.medium.shown);
				await this.look('read-missing');
				await this.putIn();
			}
		}
		await this.shows('read.confirm');
		await this.look('read');
		await this.page.getByRole('checkbox').check();
		if (this.medium.fault && !this.interrupted) {
			await this.signPulledOut();
		} else {
			await this.press('read.sign');
			const asked = await this.consent(...this.medium.use);
			assert.ok(asked === '' || asked.includes('Иванов'), asked);
		}
		await this.heading('install.h');
		await this.logged(/kind=acquaint/);
	}

	// The token goes while it signs: said, and gone on with by itself.
	async signPulledOut() {
		const { slot, fault, shown } = this.medium;
		this.tokens.fail(slot, fault);
		await this.press('read.sign');
		await this.consent(...this.medium.use,
			...this.display === null ? this.medium.use : []);
		await this.shows('op.medium', shown);
		assert.ok(this.tokens.isOut(slot));
		await this.look('pulled-out');
		await this.putIn();
		if (this.display !== null) {
			await this.typeSecret(...this.medium.use);
		}
	}

	// A13: where the medium is absent it is asked for by its name.
	async install() {
		await this.interrupt('install.h', { pair: true });
		if (this.medium.takeOut && !this.interrupted) {
			await this.shows('install.where', this.medium.shown);
			await this.takeOut();
			await this.shows('install.lies', this.medium.shown);
			await this.look('install-absent');
			await this.press('install.do');
			await this.shows('op.medium', this.medium.shown);
			await this.putIn();
		} else {
			await this.press('install.do');
		}
		await this.consent(...this.medium.use);
		await this.heading('done.h');
		await this.shows('stores.own');
		await this.look('done');
		await this.logged(/kind=install/);
		assert.deepEqual(await this.state(), ['installed']);
		await this.interrupt('done.h', { pair: false });
	}

	// A14
	async files() {
		const files = {};
		for (const format of ['cer', 'pem', 'p7b']) {
			const coming = this.page.waitForEvent('download');
			await this.page.getByRole('link', { name: `.${format}` }).click();
			const file = await coming;
			assert.ok(file.suggestedFilename().endsWith(`.${format}`));
			files[format] = join(scratch(this.t), `of.${format}`);
			await file.saveAs(files[format]);
		}
		this.certificate = readFileSync(files.cer);
		this.serial = (await opensslMust(['x509', '-inform', 'DER', '-in',
			files.cer, '-noout', '-serial'])).trim().split('=')[1];
		assert.ok((await opensslMust(['x509', '-in', files.pem, '-noout',
			'-serial'])).includes(this.serial));
		const bag = await opensslMust(['pkcs7', '-inform', 'DER', '-in',
			files.p7b, '-print_certs', '-noout']);
		assert.equal(bag.match(/^subject=/gm).length, 3);
		await this.follow('files.how');
		await this.heading('files.h');
		await this.look('files');
		await this.follow('page.certificate');
		await this.heading('done.h');
	}

	// A15
	async backup() {
		const { backup } = this.medium;
		await this.press('copy.do');
		await this.heading('copy.h');
		if (this.interrupted) {
			await this.pair();
		}
		if (backup === null) {
			await this.shows('copy.never');
			await this.look('copy-never');
			await this.follow('page.certificate');
			await this.heading('done.h');
			return;
		}
		if (backup === DISK) {
			await this.shows('copy.insert');
			await this.computer.putIn(this.disk);
		}
		const to = backup === DISK ? DISK : this.say('medium.registry_name');
		await this.page.getByRole('radio', { name: to }).check();
		await this.press('copy.do');
		const asked = await this.consent(...this.medium.use,
			SECOND_PASSWORD, SECOND_PASSWORD);
		assert.ok(asked === '' || asked.includes('Иванов'), asked);
		await this.shows('copy.done');
		assert.ok((await this.page.locator('dl').innerText()).includes(to));
		await this.shows(backup === DISK ? 'copy.apart' : 'copy.here');
		await this.look('copy-done');
		await this.logged(/kind=copy/);
		if (backup === DISK) {
			await this.computer.takeOut(this.disk); // kept apart, as it is advised
		}
		await this.follow('page.certificate');
		await this.heading('done.h');
	}

	// A21
	async check() {
		await this.press('check.do');
		await this.heading('check.h');
		await this.shows('check.later');
		if (this.medium.backup !== null && this.medium.backup !== DISK) {
			await this.pick(); // the copy is one too
		}
		await this.press('check.do');
		await this.consent(...this.medium.use);
		await this.shows('check.works');
		await this.shows('check.signature_ok');
		assert.equal(await this.page.getByText(this.say('check.decryption_ok'))
			.count(), this.kind === 'active' ? 0 : 1);
		await this.look('check');
		const { page } = this;
		await page.goto('/check');
		await page.getByLabel(this.say('any.file')).setInputFiles({
			name: 'ivanov.cer', mimeType: 'application/x-x509-ca-cert',
			buffer: this.certificate });
		await this.shows('any.good');
		await this.look('status');
	}

	// A20
	async trust() {
		await this.page.goto('/trust');
		await this.heading('trust.h');
		await this.press('install.do');
		await this.press('trust.install');
		await this.consent(); // the intermediates, together
		await this.consent(); // each root by its own fingerprint
		await this.consent();
		await this.shows('trust.installed', 2, 2);
		await this.shows('stores.own');
		await this.look('trust');
	}

	// A6 once more: the next certificate's medium is the earlier one's.
	async renewal() {
		const form = await addForm(this.centre);
		await this.page.goto('/my');
		await this.openForm(form);
		await this.press('data.right');
		await this.shows('work.ready');
		await this.press('work.next');
		await this.heading('medium.h');
		await this.shows('medium.old');
		assert.ok(await this.page.getByRole('radio',
			{ name: this.mediumName() }).isChecked());
		await this.look('medium-old');
	}

	pick() {
		return this.page.getByRole('radio', { name: this.mediumName() })
			.check();
	}

	mediumName() {
		return this.medium.shown ?? this.say('medium.registry_name');
	}

	// A19: what was carried there is enough.  The registry cannot be: its copy.
	async anotherComputer() {
		await this.agent.stop();
		await this.browser.close();
		await this.takeOut();
		const other = await Computer.start(this.t, this.lang);
		await this.openBrowser(other);
		await this.allow();
		await this.startAgent(other);
		const { page } = this;
		const carried = this.medium.putIn ? this.medium.shown : DISK;
		await this.signInAgain();
		await this.openForm();
		await this.heading('done.h');
		await this.press('done.elsewhere');
		await this.heading('install.h');
		await this.pair();
		await (this.medium.putIn ? this.shows('install.lies', carried)
			: this.shows('install.elsewhere'));
		await this.look('elsewhere-missing');
		await (this.medium.putIn ? this.putIn(other)
			: other.putIn(this.disk));
		await this.shows('install.where', carried);
		await this.look('elsewhere');
		await this.press('install.do');
		await this.consent(...this.medium.putIn ? this.medium.use
			: [SECOND_PASSWORD]);
		await this.heading('done.h');
		await this.shows('stores.own');
		await page.goto('/my/certificates');
		await this.heading('kept.h');
		await this.look('kept');
	}

	// A16: two years later what has expired goes to the profile in one act, and
	// each copy is tried; a key that never leaves its token is said to stay.
	async oldKeys() {
		const { page } = this;
		this.clock.set(TWO_YEARS_SEC);
		await page.goto('/my/keys');
		await this.heading('keys.h');
		const button = (key) => page.getByRole('button',
			{ name: this.say(key), exact: true });
		await button('keys.archive').or(button('work.pair.start')).waitFor();
		if (await button('work.pair.start').isVisible()) {
			await this.pair();
		}
		await this.press('keys.archive');
		if (this.medium.backup === null) {
			await this.shows('keys.stays', '');
			assert.equal(await page.getByText(this.say('keys.kept', 0)).count(), 0);
		} else {
			await this.consent(KEPT_PASSWORD, KEPT_PASSWORD,
				...this.medium.putIn ? this.medium.use : [SECOND_PASSWORD]);
			await this.shows('keys.kept', 1);
		}
		await this.logged(/kind=archive.*rule=""/);
		await this.look('old-keys');
	}

	// What was done stands in the logs, and no secret does.
	async end() {
		await noFaults(this.page);
		const told = this.agent.log + this.centre.log;
		for (const secret of [...this.medium.make, ...this.medium.use,
			SECOND_PASSWORD, KEPT_PASSWORD].filter((s) => s[0] !== '!')) {
			assert.ok(!told.includes(secret), 'a secret in a log');
		}
	}
}

// The page's words without what differs from phone to phone.
const digitless = (text) => text.replace(/[\d\u00a0\u2011:]/g, '');
