// SPDX-License-Identifier: Apache-2.0
// A centre that an older build left behind is opened by this one and goes on:
// nothing is lost, nobody begins anew.  tests/data/instances says which.
import assert from 'node:assert/strict';
import { appendFileSync, chownSync, lstatSync, mkdirSync, readdirSync,
	readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must } from '../run/exec.mjs';
import { replaceIn } from '../data/instances/words.mjs';
import { Centre } from './lib/centre.mjs';
import { addPerson, call, ctl, newKey, PERSON, snils, stateDir }
	from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, gostRequest, Person, SIGN_IN_CODE, surguch }
	from './lib/person.mjs';
import { AS_ROOT, BUILD, freePorts, ROOT, scratch } from './lib/scratch.mjs';

const INSTANCES = join(ROOT, 'tests/data/instances');

// Everything is ours, and all roles have our uid, as `centre init` has it for
// somebody who is not root.
function shareUid(dir) {
	const file = join(dir, 'etc/surguch/surguch.conf');
	const own = (path) => {
		chownSync(path, process.getuid(), process.getgid());
		if (lstatSync(path).isDirectory()) {
			readdirSync(path).forEach((name) => own(join(path, name)));
		}
	};
	own(dir);
	writeFileSync(file, readFileSync(file, 'utf8')
		.replace(/^users = .*$/m, 'insecure_shared_uid = true;')
		.replace(/(ocsp_)?user = "\d+"; /g, ''));
}

// Unpacked, with words of this place; not started.
async function unpack(t, archive) {
	const place = scratch(t);
	const [api, open, sms] = await freePorts(3);

	await must('tar', ['--numeric-owner', '-C', place, '-xJf',
		join(INSTANCES, archive)]);
	replaceIn(place, [['@LIBEXEC@', join(BUILD, 'src/roles')],
		['@PLACE@', place], ['@API@', `${api}`], ['@OPEN@', `${open}`],
		['@SMS@', `${sms}`]]);
	if (!AS_ROOT) {
		shareUid(join(place, 'centre'));
	}
	const left = JSON.parse(readFileSync(join(place, 'expect.json'), 'utf8'));
	const centre = new Centre(t,
		{ dir: join(place, 'centre'), database: left.database });

	await centre.init();
	if (centre.postgres) {
		await centre.postgres.load(join(place, 'centre.sql'));
	}
	await centre.startPhone();
	centre.token = left.token;
	return { centre, left, home: join(place, 'home') };
}

function withPages(centre) {
	const web = join(centre.dir, 'web');
	mkdirSync(web);
	writeFileSync(join(web, 'index.html'), '<!doctype html>\n');
	appendFileSync(join(centre.dir, 'etc/surguch/surguch.conf'),
		`web = "${web}";\n`);
}

async function crlSerials(centre) {
	const text = await opensslMust(['crl', '-inform', 'DER', '-noout', '-text',
		'-in', join(stateDir(centre, 'public'), 'issuing-p256.crl')]);
	return [...text.matchAll(/Serial Number: ([0-9A-F]+)/g)]
		.map((m) => m[1].toLowerCase());
}

async function signedIn(centre, about) {
	const p = await new Person(centre, about.phone).signIn();
	return Object.assign(p, { form: about.form, application: about.application });
}

// From where each person was left to the certificate.
const onwards = {
	unpaid: async (p, centre) => {
		expectStatus(await call(centre, 'POST', `/v1/forms/${p.form}/payment`), 200);
		assert.equal(await p.state(), 'ready');
	},
	ready: (p) => obtain(p, ['check', 'request', 'confirm']),
	checked: (p) => obtain(p, ['request', 'confirm']),
	keyed: async (p) => {
		// The code of then is not the code of now.
		const asked = await p.post(p.at('code'));
		assert.ok(asked.status < 300, asked.text);
		await obtain(p, ['confirm']);
	},
	issued: async (p, centre) => {
		const file = join(centre.dir, 'issued.der');
		writeFileSync(file, await p.certificate());
		const text = await opensslMust(['x509', '-inform', 'DER', '-noout',
			'-subject', '-nameopt', 'utf8', '-in', file]);
		assert.ok(text.includes('Выданный'), text);
	},
	installed: async (p) => {
		assert.ok((await p.certificate()).length > 0);
	},
};

async function obtain(p, steps) {
	for (const step of steps) {
		if (step === 'check') {
			expectStatus(await p.check(), 200);
		} else if (step === 'request') {
			const { der } = await gostRequest(p.centre.dir, `new-${p.form}`);
			expectStatus(await p.request(der), 200);
		} else {
			expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		}
	}
	await p.reaches('issued');
}

for (const archive of readdirSync(INSTANCES).filter((n) => n.endsWith('.xz'))) {
	test(`${archive} goes on`, async (t) => {
		const { centre, left, home } = await unpack(t, archive);

		withPages(centre);
		await centre.up();
		await t.test('the audit verifies, doctor finds nothing broken',
			async () => {
				const audit = await ctl(centre, 'audit', 'verify');
				assert.equal(audit.code, 0, audit.all);
				const doctor = await ctl(centre, 'doctor');
				assert.ok(doctor.code < 2, doctor.all);
				// It was made before its pages could ask anybody's agent.
				assert.match(doctor.all, /page orders.*no key for page orders/);
			});
		await t.test('what was issued, revoked and held is so', async () => {
			for (const o of left.ordered) {
				const got = await call(centre, 'GET',
					`/v1/certificates/${o.answer.id}`);
				assert.equal(got.status, 200, got.text);
				assert.equal(got.json.status, o.status);
				assert.equal((await call(centre, 'GET',
					`/v1/certificates/${o.answer.id}/pem`)).text, o.answer.pem);
				// Asked again, it is the same certificate and no second one.
				const again = await call(centre, 'POST', '/v1/certificates',
					o.body, { key: o.key });
				assert.equal(again.status, 201, again.text);
				assert.deepEqual(again.json, o.answer);
			}
			const gone = left.ordered.filter((o) => o.status !== 'good');
			assert.deepEqual((await crlSerials(centre)).sort(),
				gone.map((o) => o.answer.serial).sort());
		});
		for (const about of left.people) {
			await t.test(`${about.state}: goes on`, async () => {
				const p = await signedIn(centre, about);
				assert.equal(await p.state(), about.state);
				await onwards[about.state](p, centre);
			});
		}
		await t.test('the container opens under its password', async () => {
			const { phone, application } = left.people.find((p) =>
				p.state === 'installed');
			const container = join(home, 'container');
			const run = surguch(centre, home);
			const must = async (...args) => {
				const r = await run(...args);
				assert.equal(r.code, 0, r.all);
				return r.out;
			};
			const install = (file) => run('cabinet', 'install', application,
				container, '--password-file', file);
			assert.match(await must('container', 'show', container),
				/gost2012-256:A/);
			await must('cabinet', 'use', centre.api, '--ca', centre.apiCa);
			await must('cabinet', 'login', phone);
			const code = await centre.sms(SIGN_IN_CODE, { to: phone });
			await must('cabinet', 'login', phone, '--code',
				code[1].replace(' ', ''));
			const wrong = join(home, 'wrong');
			writeFileSync(wrong, 'another\n', { mode: 0o600 });
			assert.match((await install(wrong)).err, /password/);
			const r = await install(join(home, 'password'));
			assert.equal(r.code, 0, r.all);
		});
		await t.test('new people, new certificates, a hold released', async () => {
			const person = await addPerson(centre, { ...PERSON,
				surname: 'Новый', snils: snils(5000) });
			const phone = '+79162009999';
			const form = await addForm(centre, { person, phone });
			const owner = await new Person(centre, phone).signIn();
			await owner.obtain(form, (await gostRequest(centre.dir, 'fresh')).der);
			const held = left.ordered.find((o) => o.status === 'hold');
			const r = await call(centre, 'POST',
				`/v1/certificates/${held.answer.id}/release`, {},
				{ key: newKey() });
			assert.ok(r.status < 300, r.text);
			assert.equal((await call(centre, 'GET',
				`/v1/certificates/${held.answer.id}`)).json.status, 'good');
		});
		await t.test('closed and opened again', async () => {
			await centre.down();
			await centre.up();
			const audit = await ctl(centre, 'audit', 'verify');
			assert.equal(audit.code, 0, audit.all);
		});
	});
}
