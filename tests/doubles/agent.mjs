// SPDX-License-Identifier: Apache-2.0
// Stands in for surguch-agent where a page is to meet what no real one shows
// here: an old protocol, tokens in every state of their PIN.  It agrees to
// any pairing, has the media and containers that the test gives it, and
// refuses every order.  It keeps no rule of safety: the real one is tested in
// tests/e2e/agent and tests/browser/agent.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';

const PORTS = [21751, 21752, 21753];

const listen = (server, port) => new Promise((done) => {
	server.once('error', () => done(false));
	server.listen(port, '127.0.0.1', () => done(true));
});

export class AgentDouble {
	protocol = 1;
	media = [];
	containers = [];

	static async start(t, fields = {}) {
		const agent = Object.assign(new AgentDouble(), fields);
		agent.server = createServer((req, res) => {
			let text = '';
			req.on('data', (d) => { text += d; });
			req.on('end', () => agent.#answer(req, res,
				text === '' ? {} : JSON.parse(text)));
		});
		for (const port of PORTS) {
			if (await listen(agent.server, port)) {
				t.after(() => agent.stop());
				return agent;
			}
		}
		throw new Error('every port that a page tries is taken');
	}

	stop() {
		this.server.closeAllConnections();
		this.server.close();
	}

	#answer(req, res, body) {
		const [status, json] = req.method === 'OPTIONS' ? [204, null]
			: this.#told(req.url, body);
		res.writeHead(status, {
			'Access-Control-Allow-Origin': req.headers.origin ?? 'null',
			'Access-Control-Allow-Methods': 'POST, GET',
			'Access-Control-Allow-Headers': 'authorization, content-type',
			'Content-Type': 'application/json' });
		res.end(json === null ? undefined : JSON.stringify(json));
	}

	#told(path, body) {
		switch (path) {
		case '/v1/hello':
			return [200, { name: 'surguch-agent', protocol: this.protocol }];
		case '/v1/pairing':
			return [201, { pairing: 'p_1', code: '417093' }];
		case '/v1/pairing/state':
			return [200, { state: 'paired', agent: '0'.repeat(32),
				token: randomBytes(32).toString('base64url') }];
		case '/v1/pairing/end':
			return [204, null];
		case '/v1/workplace':
			return [200, { agent: { id: '0'.repeat(32), version: '0.1.0',
				protocol: this.protocol, system: 'linux', window: 'gtk' },
			modules: this.modules ?? [], media: this.media }];
		case '/v1/containers':
			return [200, { containers: this.containers.filter((c) =>
				body.medium === undefined || c.medium === body.medium) }];
		default:
			return [422, { rule: 'order.operation' }];
		}
	}
}
