// SPDX-License-Identifier: Apache-2.0
// Delta CRLs: what was revoked or released is on the delta of its list within
// a second, the list itself waits for its time, and openssl reads the two as
// one.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { opensslMust, toPem, verify } from './lib/openssl.mjs';
import { Power } from './lib/power.mjs';
import { BUILD, until } from './lib/scratch.mjs';

const RIGHT_MS = 1000;
const REVOKED = 23; // X509_V_ERR_CERT_REVOKED
const LOOK_MS = 30000; // a list whose signer was gone is tried again then
const MINUTES = 60;
const HOURS = 3600;
const REMOVED = 'Remove From CRL';
const FULL = '/crl/issuing-p256.crl';
const deltaOf = (path) => path.replace(/\.crl$/, '.delta.crl');

// A centre whose CA has these settings, and what is asked of it.
async function open(t, settings) {
	const conf = (c) => join(c.dir, 'etc/surguch/ca/issuing-p256.conf');
	const centre = await startDesk(t, { seams: true,
		configure: (c) => appendFileSync(conf(c), settings) });
	const http = new Client(centre.public);
	t.after(() => http.close());
	const at = (name) => join(centre.dir, name);
	const issuing = await toPem('x509',
		join(stateDir(centre, 'public'), 'issuing-p256.cer'), at('i.pem'));
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const h = { centre, http, at, issuing, ahead: 0, num: 0 };

	h.configure = async (change) => {
		await centre.down();
		writeFileSync(conf(centre), change(readFileSync(conf(centre), 'utf8')));
		await centre.up();
	};
	h.clock = (sec) => { h.ahead = sec; centre.clock.set(sec); };
	// {id, serial, file, lists: [path of its list, of its delta]}
	h.issue = async () => {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		const file = at(`c${h.num += 1}.pem`);
		writeFileSync(file, r.json.pem);
		const lists = [];
		for (const ext of ['crlDistributionPoints', 'freshestCRL']) {
			const text = await opensslMust(['x509', '-in', file, '-noout',
				'-ext', ext]);
			const url = /URI:(\S+)/.exec(text)?.[1];
			lists.push(url ? new URL(url).pathname : null);
		}
		return { ...r.json, file, lists };
	};
	h.revoke = async (cert) => {
		const r = await call(centre, 'POST',
			`/v1/certificates/${cert.id}/revocation`,
			{ reason: 'superseded' }, { key: newKey() });
		assert.equal(r.status, 200, r.text);
	};
	h.move = async (verb, cert) => {
		const r = await ctl(centre, 'certificate', verb, cert.id);
		assert.equal(r.code, 0, r.all);
	};
	// {path, number, base, entries: Map serial -> reason, body, text, pem} of a
	// list, as openssl reads it
	h.list = async (path) => {
		const r = await http.get(path);
		expectStatus(r, 200);
		assert.equal(r.headers['content-type'], 'application/pkix-crl');
		const der = at(`list${h.num += 1}.der`);
		const pem = at(`list${h.num}.pem`);
		writeFileSync(der, r.body);
		const text = await opensslMust(['crl', '-inform', 'DER', '-in', der,
			'-noout', '-text', '-crlnumber']);
		await opensslMust(['crl', '-inform', 'DER', '-in', der, '-out', pem]);
		const base = /Delta CRL Indicator: critical\s+([0-9]+)/.exec(text);
		return { path, text, der, pem, body: r.body,
			number: BigInt(/crlNumber=(0x[0-9A-F]+)/.exec(text)[1]),
			base: base && BigInt(base[1]),
			entries: new Map(text.split('Serial Number: ').slice(1)
				.map((e) => [/^[0-9A-F]+/.exec(e)[0].toLowerCase(),
					/Reason Code:\s*\n\s*(.+)/.exec(e)?.[1] ?? ''])) };
	};
	// The delta once it says this of a certificate: a reason, or undefined.
	h.deltaWith = (cert, reason) => until(async () => {
		const d = await h.list(deltaOf(cert.lists[0]));
		return d.entries.get(cert.serial) === reason ? d : null;
	}, `a delta with ${reason}`);
	h.check = async (cert, crl, delta) => (await verify({ cert: cert.file,
		root: centre.apiCa, issuing, crl: crl.pem,
		args: ['-extended_crl', '-use_deltas', '-attime',
			String(Math.floor(Date.now() / 1000) + h.ahead),
			...(delta ? ['-CRLfile', delta.pem] : [])] })).errors;
	// What our own judge says of the same files.
	h.judge = async (cert, ...lists) => {
		const file = at('lists.pem');
		writeFileSync(file, lists.map((l) => readFileSync(l.pem)).join(''));
		const r = await exec(join(BUILD, 'src/cli/surguch'), ['verify', cert.file, '--ca',
			centre.apiCa, '--other', issuing, '--crl', file], { timeoutSec: 60 });
		return { code: r.code, all: r.all };
	};
	return h;
}

test('delta lists', async (t) => {
	const h = await open(t, 'crl_delta_hours = 1;\n');
	const { centre, http } = h;
	const delta = deltaOf(FULL);

	await t.test('a list, its delta and certificates name each other', async () => {
		const f = await h.list(FULL);
		const d = await h.list(delta);
		assert.ok(f.text.includes(`URI:${centre.public}${delta}`), f.text);
		assert.match(f.text, /X509v3 Freshest CRL/);
		assert.equal(f.base, null);
		assert.ok(d.base !== null && d.base <= f.number, d.text);
		assert.ok(d.number > f.number, d.text);
		assert.equal(d.entries.size, 0);
		assert.deepEqual((await h.issue()).lists, [FULL, delta]);
		const shown = await ctl(centre, 'ca', 'show', 'issuing-p256');
		assert.match(shown.all, /^delta CRLs {4}of 1 h$/m);
	});

	await t.test('certtool reads them', async () => {
		const d = await h.list(delta);
		const r = await exec('certtool', ['--crl-info', '--inder', '--infile',
			d.der], { timeoutSec: 60 });
		assert.match(r.all, /No revoked certificates/, r.all);
		assert.ok(r.all.includes('2.5.29.27'), r.all);
	});

	await t.test('a revocation is on the delta at once', async () => {
		const cert = await h.issue();
		const other = await h.issue();
		const before = await h.list(FULL);
		const started = Date.now();
		await h.revoke(cert);
		const d = await h.deltaWith(cert, 'Superseded');
		const took = Date.now() - started;
		assert.ok(took <= RIGHT_MS, `${took} ms`);
		const f = await h.list(FULL);
		assert.equal(f.number, before.number);
		assert.equal(f.entries.size, 0);
		assert.deepEqual(await h.check(cert, f), []);
		assert.deepEqual(await h.check(cert, f, d), [REVOKED]);
		assert.deepEqual(await h.check(other, f, d), []);
		const file = join(stateDir(centre, 'public'), 'issuing-p256.delta.crl');
		assert.deepEqual(readFileSync(file), d.body);
		const kept = join(stateDir(centre, 'signer-issuing-p256'),
			'crl.delta.der');
		await until(() => readFileSync(kept).equals(d.body), 'the signer\'s copy');
	});

	await t.test('surguch verify reads base and delta as one', async () => {
		const cert = await h.issue();
		const f = await h.list(FULL);
		const good = await h.judge(cert, f, await h.list(delta));
		assert.equal(good.code, 0, good.all);
		await h.revoke(cert);
		const d = await h.deltaWith(cert, 'Superseded');
		assert.equal((await h.judge(cert, f)).code, 0);
		const bad = await h.judge(cert, f, d);
		assert.notEqual(bad.code, 0);
		assert.match(bad.all, /chain\.revoked/);
		// A delta says nothing of what it does not name.
		const alone = await h.judge(await h.issue(), d);
		assert.match(alone.all, /chain\.revocation\.unknown/);
	});

	await t.test('a hold comes and goes by deltas', async () => {
		const cert = await h.issue();
		const before = await h.list(FULL);
		for (const verb of ['hold', 'release', 'hold']) {
			await h.move(verb, cert);
			const d = await h.deltaWith(cert,
				verb === 'hold' ? 'Certificate Hold' : REMOVED);
			assert.deepEqual(await h.check(cert, before, d),
				verb === 'hold' ? [REVOKED] : []);
		}
		assert.equal((await h.list(FULL)).number, before.number);
	});

	await t.test('what caches are told', async () => {
		const one = await http.get(delta);
		assert.equal(one.headers['cache-control'], 'public, max-age=300');
		assert.ok(Date.parse(one.headers.expires) <=
			Date.parse(one.headers['last-modified']) + HOURS * 1000);
		const again = await http.get(delta,
			{ headers: { 'if-none-match': one.headers.etag } });
		assert.equal(again.status, 304);
		await h.revoke(await h.issue());
		await until(async () => (await http.get(delta,
			{ headers: { 'if-none-match': one.headers.etag } })).status === 200,
		'another delta');
	});

	await t.test('the list with its time, and old lists with the new delta',
		async () => {
			const cert = await h.issue();
			await h.move('hold', cert);
			await h.deltaWith(cert, 'Certificate Hold');
			const first = await h.list(FULL);
			h.clock(13 * HOURS);
			await h.revoke(await h.issue());
			const second = await until(async () => {
				const now = await h.list(FULL);
				return now.number > first.number ? now : null;
			}, 'a new list');
			assert.equal(second.entries.get(cert.serial), 'Certificate Hold');
			// Who has the new list learns of the release, and so does who has
			// the old one, on which the hold never was.
			await h.move('release', cert);
			const d = await h.deltaWith(cert, REMOVED);
			assert.ok(d.base <= first.number);
			assert.deepEqual(await h.check(cert, second), [REVOKED]);
			assert.deepEqual(await h.check(cert, second, d), []);
			assert.deepEqual(await h.check(cert, first, d), []);
			const other = await h.issue();
			await h.revoke(other);
			const e = await h.deltaWith(other, 'Superseded');
			assert.deepEqual(await h.check(other, first, e), [REVOKED]);
			assert.deepEqual(await h.check(other, second, e), [REVOKED]);
			// When the old one has ended nobody needs a delta of it.
			h.clock(26 * HOURS);
			await h.revoke(await h.issue());
			await until(async () => (await h.list(delta)).base > first.number,
				'a delta of a newer list');
		});

	await t.test('doctor looks at deltas as at lists', async () => {
		const file = join(stateDir(centre, 'public'), 'issuing-p256.delta.crl');
		await until(async () => (await ctl(centre, 'doctor')).all
			.includes('.crl') === false, 'no complaint of a list');
		const before = await h.list(FULL);
		writeFileSync(file, 'no list');
		const r = await ctl(centre, 'doctor', '--fix');
		assert.match(r.all, /issuing-p256\.delta\.crl/);
		assert.match(r.all, /is no CRL/);
		await until(() => readFileSync(file)[0] === 0x30, 'a delta in its place');
		await until(async () => (await h.list(FULL)).number > before.number,
			'the list too');
	});

	await t.test('a restart goes on, and without deltas leaves none', async () => {
		const cert = await h.issue();
		await h.revoke(cert);
		const before = await h.deltaWith(cert, 'Superseded');
		const list = await h.list(FULL);
		await h.configure((text) => text);
		const d = await h.list(delta);
		assert.ok(d.number > before.number);
		assert.ok(d.base <= list.number);
		assert.deepEqual(await h.check(cert, list, d), [REVOKED]);
		await h.configure((text) => text.replace('crl_delta_hours = 1;', ''));
		expectStatus(await http.get(delta), 404);
		assert.ok(!existsSync(join(stateDir(centre, 'public'),
			'issuing-p256.delta.crl')));
		const f = await h.list(FULL);
		assert.doesNotMatch(f.text, /Freshest/);
		assert.ok(f.number > d.number);
		assert.ok(f.entries.has(cert.serial));
		const late = await h.issue();
		assert.equal(late.lists[1], null);
		await h.revoke(late);
		await until(async () => (await h.list(FULL)).entries.has(late.serial),
			'the list with the serial');
	});
	t.diagnostic('proves: I3');
});

test('delta lists of shards', async (t) => {
	const h = await open(t, 'crl_shards = 3;\ncrl_delta_hours = 6;\n');
	const certs = [];

	await t.test('each certificate names its list\'s delta', async () => {
		for (let i = 0; i < 6; i += 1) {
			const cert = await h.issue();
			assert.match(cert.lists[0], /^\/crl\/issuing-p256-[012]-of-3\.crl$/);
			assert.equal(cert.lists[1], deltaOf(cert.lists[0]));
			certs.push(cert);
		}
	});

	await t.test('a list and its delta are of one scope', async () => {
		const [url] = certs[0].lists;
		for (const path of certs[0].lists) {
			const { text } = await h.list(path);
			assert.match(text, /Issuing Distribution Point: critical/);
			assert.ok(text.includes(`URI:${h.centre.public}${url}\n`), text);
		}
	});

	await t.test('the delta that is named is right at once', async () => {
		const [cert] = certs;
		const other = certs.find((c) => c.lists[0] !== cert.lists[0]) ??
			await h.issue();
		const f = await h.list(cert.lists[0]);
		const o = await h.list(other.lists[0]);
		const od = await h.list(other.lists[1]);
		await h.move('hold', cert);
		const held = await h.deltaWith(cert, 'Certificate Hold');
		assert.deepEqual(await h.check(cert, f, held), [REVOKED]);
		await h.move('release', cert);
		const good = await h.deltaWith(cert, REMOVED);
		assert.deepEqual(await h.check(cert, f, good), []);
		await h.revoke(cert);
		const end = await h.deltaWith(cert, 'Superseded');
		assert.deepEqual(await h.check(cert, f, end), [REVOKED]);
		assert.equal((await h.list(f.path)).number, f.number);
		if (other.lists[0] !== cert.lists[0]) {
			assert.equal((await h.list(od.path)).number, od.number);
			assert.deepEqual(await h.check(other, o, od), []);
		}
	});

	await t.test('half of its life later each delta is made anew', async () => {
		const paths = ['-0-of-3', '-1-of-3', '-2-of-3', '']
			.map((k) => `/crl/issuing-p256${k}.crl`);
		const all = (of) => Promise.all(paths.map((p) => h.list(of(p))));
		const lists = await all((p) => p);
		const deltas = await all(deltaOf);
		h.clock(3 * HOURS + MINUTES);
		// A revocation only wakes who looks: it changes one of the four.
		await h.revoke(await h.issue());
		await until(async () => (await all(deltaOf))
			.every((d, i) => d.number > deltas[i].number), 'new deltas');
		assert.deepEqual((await all((p) => p)).map((l) => l.number),
			lists.map((l) => l.number));
	});
	t.diagnostic('proves: I3');
});

// What the kernel had not synced is gone, too.
test('killed while deltas are made', async (t) => {
	const power = await Power.start(t, {
		env: { SURGUCH_TEST_SYNCED: 'all' },
		configure: (c) => appendFileSync(join(c.dir,
			'etc/surguch/ca/issuing-p256.conf'), 'crl_delta_hours = 1;\n') });
	const { centre } = power;
	const at = (name) => join(centre.dir, name);
	const issuing = await toPem('x509',
		join(stateDir(centre, 'public'), 'issuing-p256.cer'), at('i.pem'));
	const numbers = new Map(); // of a list -> its bytes
	let num = 0;

	async function get(path) {
		const http = new Client(centre.public);
		const r = await http.get(path).catch(() => null);
		http.close();
		if (r?.status !== 200) {
			return null;
		}
		const der = at(`k${num += 1}.der`);
		writeFileSync(der, r.body);
		const text = await opensslMust(['crl', '-inform', 'DER', '-in', der,
			'-noout', '-text', '-crlnumber']);
		const [number] = /crlNumber=(0x[0-9A-F]+)/.exec(text);
		assert.ok((numbers.get(number) ?? r.body).equals(r.body),
			`two lists of number ${number}`);
		numbers.set(number, r.body);
		return { text, pem: await toPem('crl', der, at(`k${num}.pem`)) };
	}
	async function revoke({ json }) {
		const key = newKey();
		await until(async () => {
			await power.back;
			const r = await call(centre, 'POST',
				`/v1/certificates/${json.id}/revocation`,
				{ reason: 'superseded' }, { key }).catch(() => null);
			return r?.status === 200;
		}, 'the revocation', { timeoutMs: 30000 });
		await until(async () => (await get(deltaOf(FULL)))?.text
			.includes(json.serial.toUpperCase()), 'the delta',
		{ timeoutMs: LOOK_MS + 30000 });
	}

	const first = await get(FULL);
	const certs = [];
	for (const role of ['parent', 'front', 'signer']) {
		await t.test(`${role} killed at each step`, async () => {
			for (const step of ['signer.journal_written',
				'signer.journal_synced']) {
				const cert = await power.issue(newKey());
				await power.hitUnder(role, step, () => revoke(cert));
				certs.push(cert);
			}
		});
	}
	await t.test('nothing is forgotten, whichever list one has', async () => {
		await power.settle();
		certs.push(await power.issue(newKey()));
		const lists = [first, await get(FULL)];
		const delta = await get(deltaOf(FULL));
		for (const [i, { json }] of certs.entries()) {
			writeFileSync(at('one.pem'), json.pem);
			for (const list of lists) {
				const { errors } = await verify({ cert: at('one.pem'),
					root: centre.apiCa, issuing, crl: list.pem,
					args: ['-extended_crl', '-use_deltas', '-CRLfile',
						delta.pem] });
				assert.deepEqual(errors, i + 1 < certs.length ? [REVOKED] : []);
			}
		}
		await power.check();
	});
	t.diagnostic('proves: I3');
});
