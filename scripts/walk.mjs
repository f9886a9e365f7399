// SPDX-License-Identifier: Apache-2.0
// The whole main job in the terminal, step by step, through the public API
// only: a form, an identification, a key, a request, a code by SMS, a
// certificate of the qualified form under GOST R 34.10-2012, its check by
// openssl, its revocation, and its check again.
//
// scripts/demo.sh starts this under a uid that cannot read the centre's state.
// It is told in the environment where things are:
//   WALK_API     https://127.0.0.1:PORT        WALK_API_CA  PEM of its root
//   WALK_PUBLIC  http://127.0.0.1:PORT         WALK_TOKEN   operator's token
//   WALK_PHONE   file where "the phone" keeps what it received, JSON lines
//   WALK_SURGUCH the program `surguch`         WALK_OPENSSL_CONF  loads GOST
//   WALK_DIR     an empty directory of ours
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const env = process.env;
const dir = env.WALK_DIR;
const SMS_WAIT_MS = 15000;
const started = Date.now();

let num = 0;
function step(text) {
	num += 1;
	console.log(`${String(num).padStart(2)}. ${text}`);
}
function detail(text) {
	for (const line of text.trimEnd().split('\n')) {
		console.log(`      ${line}`);
	}
}
class Failed extends Error {}
function demand(condition, text, more = '') {
	if (!condition) {
		throw new Failed(more ? `${text}\n${more}` : text);
	}
}

// --- the operator: plain HTTPS with a token ------------------------------
const ca = readFileSync(env.WALK_API_CA);
function desk(method, path, body, { expect = [200, 201] } = {}) {
	const text = body === undefined ? '' : JSON.stringify(body);
	return new Promise((done, fail) => {
		const req = request(env.WALK_API + path, { method, ca, headers: {
			Authorization: `Bearer ${env.WALK_TOKEN}`,
			...(method === 'POST'
				? { 'Idempotency-Key': randomBytes(16).toString('hex') } : {}),
			...(text ? { 'Content-Type': 'application/json',
				'Content-Length': Buffer.byteLength(text) } : {}),
		} }, (res) => {
			let got = '';
			res.setEncoding('utf8').on('data', (d) => { got += d; });
			res.on('end', () => {
				if (!expect.includes(res.statusCode)) {
					fail(new Failed(`${method} ${path}: ${res.statusCode}\n${got}`));
				} else {
					done(got ? JSON.parse(got) : null);
				}
			});
		});
		req.on('error', fail);
		req.end(text);
	});
}

// --- the person: the program `surguch` ------------------------------------
function surguch(...args) {
	const r = spawnSync(env.WALK_SURGUCH, args, { encoding: 'utf8',
		env: { PATH: env.PATH, SURGUCH_HOME: join(dir, 'home'), LANG: 'C.UTF-8' } });
	demand(r.status === 0, `surguch ${args.join(' ')} ended with ${r.status}`,
		r.stderr + (r.error ?? ''));
	return r.stdout.trim();
}

// --- the phone --------------------------------------------------------------
let read = 0;
async function sms(pattern) {
	const until = Date.now() + SMS_WAIT_MS;
	for (;;) {
		const lines = readFileSync(env.WALK_PHONE, 'utf8').split('\n')
			.filter((l) => l.trim());
		while (read < lines.length) {
			const m = JSON.parse(lines[read]);
			read += 1;
			const found = pattern.exec(m.text);
			if (found) {
				detail(`SMS to ${m.to}: ${m.text}`);
				return found[1]?.replace(/\s/g, '') ?? '';
			}
		}
		demand(Date.now() < until, 'the SMS did not come');
		await sleep(100);
	}
}

// --- openssl, the outside witness --------------------------------------------
function openssl(...args) {
	const r = spawnSync('openssl', args, { encoding: 'utf8', cwd: dir,
		env: { PATH: env.PATH, OPENSSL_CONF: env.WALK_OPENSSL_CONF } });
	return { code: r.status, all: r.stdout + r.stderr };
}
function fetchPublic(path, file) {
	return new Promise((done, fail) => {
		get(path.startsWith('http') ? path : env.WALK_PUBLIC + path, (res) => {
			const parts = [];
			res.on('data', (d) => parts.push(d));
			res.on('end', () => {
				if (res.statusCode !== 200) {
					fail(new Failed(`GET ${path}: ${res.statusCode}`));
					return;
				}
				const bytes = Buffer.concat(parts);
				writeFileSync(join(dir, file), bytes);
				done(bytes);
			});
		}).on('error', fail);
	});
}
function derToPem(kind, der, pem) {
	const r = openssl(kind, '-inform', 'DER', '-in', der, '-out', pem);
	demand(r.code === 0, `openssl cannot read ${der}`, r.all);
}
function verify(cert) {
	return openssl('verify', '-no-CAfile', '-no-CApath', '-CAfile', 'root.pem',
		'-untrusted', 'issuing.pem', '-crl_check', '-CRLfile', 'crl.pem', cert);
}
function ocsp(cert) {
	const url = openssl('x509', '-in', cert, '-noout', '-ocsp_uri').all.trim();
	const r = openssl('ocsp', '-issuer', 'issuing.pem', '-cert', cert,
		'-url', url, '-CAfile', 'root.pem', '-verify_other', 'issuing.pem',
		'-no-CApath');
	return { url, ...r };
}

// Seed 000's person, with what its form lacks: the own ИНН and the street.
const ORGANISATION = {
	organisation_name: 'ООО «АвтоСпор»', organisation_inn: '6688242590',
	ogrn: '1234567890127', region: '66 Свердловская область',
	locality: 'Екатеринбург', street: 'ул. Ленина, 1',
};
const PERSON = {
	surname: 'Иванов', given_name: 'Иван', patronymic: 'Иванович',
	snils: '07500122105', inn: '500100732259', email: 'direktor@e.ru',
};
const PHONE = '+79161234567';

async function register() {
	step('The operator registers the organisation and its head');
	const org = await desk('POST', '/v1/organisations', ORGANISATION);
	const person = await desk('POST', '/v1/persons', PERSON);
	detail(`${ORGANISATION.organisation_name}: ${org.id}\n` +
		`${PERSON.surname} ${PERSON.given_name} ${PERSON.patronymic}: ${person.id}`);

	step('A form: one purchased certificate, paid; the operator records the\n' +
		'    identification and approves the form');
	const form = await makeForm(org, person);
	detail(form);
	return form;
}

async function makeForm(org, person) {
	const form = await desk('POST', '/v1/forms', {
		owner_kind: 'organisation_person', person: person.id,
		organisation: org.id, phone: PHONE, position: 'директор',
		support_phone: '88005005080' });
	await desk('POST', `/v1/forms/${form.id}/payment`);
	await desk('POST', `/v1/forms/${form.id}/identification`, {
		kind: 'in_person', document: 'Паспорт РФ 6512 123456, выдан УВД',
		originals_seen: true });
	const shown = await desk('GET', `/v1/forms/${form.id}`);
	await desk('POST', `/v1/forms/${form.id}/approval`,
		{ data_hash: shown.data_hash });
	return form.id;
}

async function signIn() {
	step('The person signs in by phone');
	surguch('cabinet', 'use', env.WALK_API, '--ca', env.WALK_API_CA);
	surguch('cabinet', 'login', PHONE);
	const code = await sms(/(\d{4} \d{4})/);
	surguch('cabinet', 'login', PHONE, '--code', code);
}

async function apply(formId) {
	step('The person sees the form, and checks the data');
	demand(surguch('cabinet', 'forms').includes(formId), 'the form is not listed');
	const shown = surguch('cabinet', 'show', formId);
	detail(shown);
	const application = surguch('cabinet', 'apply', formId);
	const hash = /These data are: ([0-9a-f]{64})/.exec(shown)[1];
	surguch('cabinet', 'check', application, '--data', hash);

	step('A GOST key is made in a container; the request is sent');
	writeFileSync(join(dir, 'password'), `${randomBytes(9).toString('base64')}\n`,
		{ mode: 0o600 });
	const key = ['--password-file', join(dir, 'password')];
	const container = join(dir, 'container');
	surguch('container', 'new', container, '--spec', 'gost2012-256:A', ...key);
	surguch('cabinet', 'request', application, container, ...key,
		'--name', `${PERSON.surname} ${PERSON.given_name}`);

	step('The code from the SMS confirms the request');
	const code = await sms(/(\d{3} \d{3})(?! *\d)/);
	detail(surguch('cabinet', 'confirm', application, '--code', code));
	const from = Date.now();
	const state = surguch('cabinet', 'wait', application);
	demand(state === 'issued', `the application is ${state}`);
	detail(`issued, ${((Date.now() - from) / 1000).toFixed(1)} s after the code`);
	await sms(/(?:готов|выпущен|ready|issued)/i);
	return { application, container, key };
}

function takeOver({ application, container, key }) {
	step('The owner reads the certificate\'s data and signs them with the new key');
	detail(surguch('cabinet', 'acquaint', application, container, ...key, '--yes'));

	step('Installed into the container; downloaded as DER, PEM and PKCS#7');
	surguch('cabinet', 'install', application, container, ...key);
	for (const format of ['der', 'pem', 'p7b']) {
		surguch('cabinet', 'download', application, '--format', format,
			'--output', join(dir, `cert.${format}`));
	}
	demand(openssl('x509', '-inform', 'DER', '-in', 'cert.der', '-out',
		'again.pem').code === 0, 'openssl cannot read the DER file');
	const bag = openssl('pkcs7', '-inform', 'DER', '-in', 'cert.p7b',
		'-print_certs', '-noout');
	demand(bag.code === 0 && bag.all.match(/^subject=/gm)?.length === 3,
		'the PKCS#7 file does not hold three certificates', bag.all);
	demand(readFileSync(join(container, 'cert.der'))
		.equals(readFileSync(join(dir, 'cert.der'))),
	'the container holds another certificate');
	detail(openssl('x509', '-in', 'cert.pem', '-noout', '-subject', '-issuer',
		'-dates', '-serial', '-nameopt', 'utf8,sep_comma_plus_space').all);
}

async function fetchChain() {
	const bag = openssl('x509', '-in', 'cert.pem', '-noout', '-text').all;
	const crlUrl = /X509v3 CRL Distribution Points:[\s\S]*?URI:(\S+)/.exec(bag)[1];
	const issuerUrl = /CA Issuers - URI:(\S+)/.exec(bag)[1];
	await fetchPublic(issuerUrl, 'issuing.cer');
	await fetchPublic(crlUrl, 'crl.der');
	derToPem('x509', 'issuing.cer', 'issuing.pem');
	derToPem('crl', 'crl.der', 'crl.pem');
	// The root is trusted because its owner says so, not because it came
	// with the certificate: here it is the file the demo printed.
	writeFileSync(join(dir, 'root.pem'), readFileSync(env.WALK_GOST_ROOT));
	return crlUrl;
}

async function check() {
	step('openssl, which knows nothing of us, verifies it');
	const crlUrl = await fetchChain();
	const v = verify('cert.pem');
	demand(v.code === 0, 'openssl verify refused the certificate', v.all);
	detail(`openssl verify -crl_check: ${v.all}`);
	const o = ocsp('cert.pem');
	demand(/^cert\.pem: good$/m.test(o.all) && /Response verify OK/.test(o.all),
		'openssl ocsp does not say good', o.all);
	detail(`openssl ocsp ${o.url}: good`);

	step('The same certificate with one bit flipped is refused');
	const der = readFileSync(join(dir, 'cert.der'));
	der[der.length - 10] ^= 1;
	writeFileSync(join(dir, 'flipped.der'), der);
	derToPem('x509', 'flipped.der', 'flipped.pem');
	const f = verify('flipped.pem');
	demand(f.code !== 0 && /error 7 at 0 depth/.test(f.all),
		'a flipped bit went unnoticed', f.all);
	detail(f.all.split('\n').find((l) => /error 7/.test(l)));
	return crlUrl;
}

async function revoke(application, crlUrl) {
	step('An operator revokes it through the API');
	const shown = JSON.parse(surguch('--json', 'cabinet', 'status', application));
	await desk('POST', `/v1/certificates/${shown.certificate}/revocation`,
		{ reason: 'key_compromise', comment: 'the walk' });

	const before = createHash('sha256').update(readFileSync(join(dir, 'crl.der')))
		.digest('hex');
	for (let i = 0; ; i += 1) {
		const crl = await fetchPublic(crlUrl, 'crl.der');
		if (createHash('sha256').update(crl).digest('hex') !== before) {
			break;
		}
		demand(i < 50, 'no new CRL within five seconds');
		await sleep(100);
	}
	derToPem('crl', 'crl.der', 'crl.pem');

	step('...and openssl sees it revoked');
	const v = verify('cert.pem');
	demand(v.code !== 0 && /error 23 at 0 depth/.test(v.all),
		'openssl verify does not say error 23', v.all);
	detail(v.all.split('\n').find((l) => /error 23/.test(l)));
	const o = ocsp('cert.pem');
	demand(/^cert\.pem: revoked$/m.test(o.all), 'openssl ocsp does not say revoked', o.all);
	detail(`openssl ocsp: revoked (${/Reason: (\S+)/.exec(o.all)?.[1]})`);
}

// Is this person really a stranger to the centre's files?
function cannotRead() {
	step('This script cannot read the centre\'s state');
	const r = spawnSync('ls', [env.WALK_STATE], { encoding: 'utf8' });
	if (process.getuid() === 0 || env.WALK_SHARED_UID === '1') {
		detail('(not root: everything runs under one uid here, so it could)');
		return;
	}
	demand(r.status !== 0, `uid ${process.getuid()} can list ${env.WALK_STATE}`);
	detail(r.stderr);
}

// Only the operator's part: what a demo centre starts with.
async function registerOnly() {
	const org = await desk('POST', '/v1/organisations', ORGANISATION);
	const person = await desk('POST', '/v1/persons', PERSON);
	await makeForm(org, person);
}

try {
	if (process.argv[2] === '--register') {
		await registerOnly();
		process.exit(0);
	}
	cannotRead();
	const form = await register();
	await signIn();
	const job = await apply(form);
	takeOver(job);
	const crlUrl = await check();
	await revoke(job.application, crlUrl);
	// Rows of docs/requirements.md that this walks from end to end.
	console.log('\nproves: A9 H3');
	console.log(`\nAll of it held, in ${((Date.now() - started) / 1000).toFixed(1)} s. ` +
		'The certificate is not a qualified one: this is a training centre,\n' +
		'and its GOST is a software implementation, not a certified tool.');
} catch (e) {
	console.error(`\nFAILED: ${e instanceof Failed ? e.message : e.stack}`);
	process.exitCode = 1;
}
