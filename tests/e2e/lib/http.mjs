// SPDX-License-Identifier: Apache-2.0
// A client of the centre: TLS against a CA file, cookies, bearer tokens, JSON.
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

export class Client {
	// options: ca (file), token, headers sent each time, our own address
	constructor(base, { ca, token, headers = {}, localAddress } = {}) {
		this.base = base;
		this.ca = ca ? readFileSync(ca) : undefined;
		this.token = token;
		this.headers = headers;
		this.cookies = new Map();
		this.agent = base.startsWith('https:')
			? new https.Agent({ keepAlive: true, ca: this.ca, localAddress })
			: new http.Agent({ keepAlive: true, localAddress });
	}

	// {status, headers, body (Buffer), text, json (or undefined)}.  options:
	// json (an object to send) or body; headers.
	async request(method, path, { json, body, headers = {} } = {}) {
		const bytes = json === undefined ? body : JSON.stringify(json);
		const all = { ...this.headers, ...headers };
		if (json !== undefined) {
			all['content-type'] ??= 'application/json';
		}
		if (bytes !== undefined) {
			all['content-length'] ??= Buffer.byteLength(bytes);
		}
		if (this.token) {
			all.authorization ??= `Bearer ${this.token}`;
		}
		if (this.cookies.size > 0) {
			all.cookie ??= [...this.cookies].map(([k, v]) => `${k}=${v}`)
				.join('; ');
		}
		const answer = await this.#send(method, path, all, bytes);
		this.#keepCookies(answer.headers['set-cookie'] ?? []);
		return answer;
	}

	get(path, options) {
		return this.request('GET', path, options);
	}

	post(path, json, options = {}) {
		return this.request('POST', path, { json, ...options });
	}

	close() {
		this.agent.destroy();
	}

	#send(method, path, headers, bytes) {
		const url = new URL(path, this.base);
		const { request } = url.protocol === 'https:' ? https : http;
		return new Promise((resolve, reject) => {
			const req = request(url, { method, headers, agent: this.agent,
				timeout: 30000 }, (res) => {
				const parts = [];
				res.on('data', (d) => parts.push(d));
				res.on('error', reject);
				res.on('end', () => resolve(answerOf(res, parts)));
			});
			req.on('timeout', () => req.destroy(
				new Error(`${method} ${path}: no answer in 30 s`)));
			req.on('error', reject);
			req.end(bytes);
		});
	}

	#keepCookies(lines) {
		for (const line of lines) {
			const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
			const gone = value === '' || /;\s*max-age=0\b/i.test(line);
			if (name && gone) {
				this.cookies.delete(name);
			} else if (name) {
				this.cookies.set(name, value);
			}
		}
	}
}

function answerOf(res, parts) {
	const body = Buffer.concat(parts);
	const text = body.toString('utf8');
	let json;
	if (/[/+]json\b/.test(res.headers['content-type'] ?? '')) {
		json = JSON.parse(text);
	}
	return { status: res.statusCode, headers: res.headers, body, text, json };
}

// The answer's JSON; throws with the problem in its words when the status is
// another than wanted.
export function expectStatus(answer, status) {
	if (answer.status !== status) {
		throw new Error(`status ${answer.status}, not ${status}: ` +
			answer.text.slice(0, 2000));
	}
	return answer.json;
}
