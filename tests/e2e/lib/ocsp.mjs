// SPDX-License-Identifier: Apache-2.0
// OCSP at a rate that no program started for each question could keep: the
// requests are written here, of an answer only its status is read.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, expectStatus } from './http.mjs';
import { openssl, opensslMust } from './openssl.mjs';

const TYPE = 'application/ocsp-request';
const SUCCESSFUL = Buffer.from([0x0a, 1, 0]); // RFC 6960 4.2.1
const STATUS = { 0x80: 'good', 0xa1: 'revoked', 0x82: 'unknown' };

// Lengths below 65536.
export function tlv(tag, ...parts) {
	const body = Buffer.concat(parts);
	const len = body.length < 128 ? [body.length]
		: body.length < 256 ? [0x81, body.length]
			: [0x82, body.length >> 8, body.length & 255];
	return Buffer.concat([Buffer.from([tag, ...len]), body]);
}

// The INTEGER of a serial number in hex.
function integer(hex) {
	const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
	const first = bytes.findIndex((b) => b !== 0);
	const body = bytes.subarray(Math.max(first, 0));
	return tlv(2, ...(body[0] & 0x80 ? [Buffer.from([0])] : []), body);
}

export class Ocsp {
	// issuer: PEM file of the CA `name`; dir: where files may be put;
	// trusted: PEM of who the answers are verified against
	static async of(centre, { name, issuer, dir, trusted }) {
		const o = new Ocsp();
		Object.assign(o, { issuer, dir, trusted, path: `/ocsp/${name}` });
		o.http = new Client(centre.public);
		// The CertID but for its serial is taken from a request of openssl's.
		const file = join(dir, 'ocsp-one.der');
		await opensslMust(['ocsp', '-issuer', issuer, '-serial', '0x01',
			'-no_nonce', '-reqout', file]);
		const der = readFileSync(file);
		const end = der.indexOf(Buffer.from([2, 1, 1]));
		const id = der.indexOf(Buffer.from([0x30, 9, 6, 5])); // SHA-1, NULL
		o.id = der.subarray(id, end);
		return o;
	}

	request(serial) {
		return tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x30,
			tlv(0x30, this.id, integer(serial))))));
	}

	// "good", "revoked" or "unknown"; {get: false} asks by POST
	async ask(serial, { get = true } = {}) {
		const der = this.request(serial);
		const r = get
			? await this.http.get(`${this.path}/` +
				encodeURIComponent(der.toString('base64')))
			: await this.http.request('POST', this.path, { body: der,
				headers: { 'content-type': TYPE } });
		expectStatus(r, 200);
		this.last = { der, body: r.body };
		const at = r.body.indexOf(integer(serial));
		const status = STATUS[r.body[at + integer(serial).length]];
		if (!r.body.subarray(0, 8).includes(SUCCESSFUL) || at < 0 || !status) {
			throw new Error(`no OCSP answer about ${serial}: ` +
				r.body.toString('hex'));
		}
		return status;
	}

	// What openssl makes of an answer: its signature, its time, its status.
	async verify(serial) {
		await this.ask(serial);
		const { der, body } = this.last;
		const [req, resp] = ['req', 'resp'].map((n) =>
			join(this.dir, `ocsp-verified-${n}.der`));
		writeFileSync(req, der);
		writeFileSync(resp, body);
		const r = await openssl(['ocsp', '-reqin', req, '-respin', resp,
			'-CAfile', this.trusted, '-verify_other', this.issuer,
			'-resp_text']);
		if (!/Response verify OK/.test(r.all)) {
			throw new Error(`openssl on the answer about ${serial}: ${r.all}`);
		}
		return /Cert Status: (\w+)/.exec(r.all)?.[1];
	}

	close() {
		this.http.close();
	}
}
