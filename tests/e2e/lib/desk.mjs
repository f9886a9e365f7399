// SPDX-License-Identifier: Apache-2.0
// A running centre as an operator's program sees it, and as it looks from
// outside: its journals and its database.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { exec, must } from '../../run/exec.mjs';
import { Centre } from './centre.mjs';
import { gostEnv } from './openssl.mjs';

// A centre that runs, with an administrator's token in .token.
export async function startDesk(t, options = {}) {
	const centre = await Centre.start(t, options);
	centre.token = await centre.operator('test', 'administrator');
	return centre;
}

// The directory of a role's state ("front", "signer-issuing-gost", "public").
export function stateDir(centre, name) {
	return join(centre.dir, 'var/lib/surguch', name);
}

// surguchctl on the running centre: {code, out, err}
export function ctl(centre, ...args) {
	return exec(centre.program('surguchctl'),
		['--centre', centre.dir, ...args], { timeoutSec: 60 });
}

export const newKey = () => randomBytes(16).toString('hex');
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

// One call; rejects only when there was no answer.
// options: token, key (Idempotency-Key), cookie, headers, agent, timeoutMs
// Resolves to {status, headers, text, json}.
export function call(centre, method, path, body, options = {}) {
	const text = body === undefined ? null
		: typeof body === 'string' ? body : JSON.stringify(body);
	const token = options.token === undefined ? centre.token : options.token;
	return new Promise((done, fail) => {
		const req = request(centre.api + path, { method,
			agent: options.agent ?? new Agent({ keepAlive: false }),
			ca: readFileSync(centre.apiCa), headers: {
				...(token ? { Authorization: `Bearer ${token}` } : {}),
				...(options.key ? { 'Idempotency-Key': options.key } : {}),
				...(options.cookie ? { Cookie: options.cookie } : {}),
				...(text === null ? {} : { 'Content-Type': 'application/json',
					'Content-Length': Buffer.byteLength(text) }),
				...options.headers,
			} }, (res) => {
			const parts = [];
			res.on('data', (d) => parts.push(d));
			res.on('error', fail);
			res.on('end', () => {
				const got = Buffer.concat(parts).toString('utf8');
				let json = null;
				try {
					json = JSON.parse(got);
				} catch {
					// not JSON
				}
				done({ status: res.statusCode, headers: res.headers,
					text: got, json });
			});
		});
		req.setTimeout(options.timeoutMs ?? 60000, () => req.destroy(
			new Error(`no answer to ${method} ${path}`)));
		req.on('error', fail);
		req.end(text);
	});
}

// A P-256 request of a new key, as base64 DER; NAME.key and NAME.csr stay.
export async function newRequest(dir, name) {
	const der = join(dir, `${name}.csr`);
	await must('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(dir, `${name}.key`),
		'-outform', 'DER', '-out', der, '-subj', '/CN=test'],
	{ env: gostEnv() });
	return readFileSync(der).toString('base64');
}

// One that is made once and used again: a key may have any number of
// certificates, all of one person.
let p256 = null;
export async function p256Request(dir) {
	p256 ??= await newRequest(dir, 'p256');
	return p256;
}

export const PERSON = { surname: 'Иванов', given_name: 'Иван',
	patronymic: 'Иванович', snils: '07500122105', inn: '500100732259',
	email: 'direktor@e.ru' };
export const ORGANISATION = { organisation_name: 'ООО «АвтоСпор»',
	organisation_inn: '6688242590', ogrn: '1234567890127',
	region: '66 Свердловская область', locality: 'Екатеринбург',
	street: 'ул. Ленина, 1' };

// The n-th СНИЛС of many, with its check number.
export function snils(n) {
	const nine = String(100000000 + n);
	const sum = [...nine].reduce((s, d, i) => s + Number(d) * (9 - i), 0) % 101;
	return nine + String(sum === 100 ? 0 : sum).padStart(2, '0');
}

export async function addPerson(centre, person = PERSON) {
	const r = await call(centre, 'POST', '/v1/persons', person);
	if (r.status !== 201) {
		throw new Error(r.text);
	}
	return r.json.id;
}

// The records of a signer's journal (src/signer/record.h): [{number, type}].
const RECORD_HEADER = 72;
const RECORD_HASH = 32;
export const JOURNAL_ISSUE = 2;
export function journal(centre, name) {
	const path = join(stateDir(centre, `signer-${name}`), 'journal');
	const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
	const records = [];
	for (let at = 0; at + RECORD_HEADER <= bytes.length;) {
		if (bytes.toString('latin1', at, at + 4) !== 'SUJ1') {
			throw new Error(`no record at ${at} of ${path}`);
		}
		const size = bytes.readUInt32BE(at + 4);
		if (at + RECORD_HEADER + size + RECORD_HASH > bytes.length) {
			break; // torn
		}
		records.push({ number: Number(bytes.readBigUInt64BE(at + 8)),
			type: Number(bytes.readBigUInt64BE(at + 16)),
			payload: bytes.subarray(at + RECORD_HEADER,
				at + RECORD_HEADER + size) });
		at += RECORD_HEADER + size + RECORD_HASH;
	}
	return records;
}

function sqlite(centre, ...args) {
	return must('sqlite3', ['-cmd', '.timeout 5000', ...args.slice(0, -1),
		join(stateDir(centre, 'front'), 'surguch.db'), args.at(-1)]);
}

// Rows of the database, read from outside: [["…", "…"], …]
export async function sql(centre, text) {
	const out = centre.postgres ? await centre.postgres.sql(text)
		: await sqlite(centre, '-readonly', '-separator', '|', text);
	return out.trim() === '' ? []
		: out.trim().split('\n').map((line) => line.split('|'));
}

// Change it under the centre's feet, as an operator's correction will.
export async function writeSql(centre, text) {
	await (centre.postgres ? centre.postgres.sql(text) : sqlite(centre, text));
}
