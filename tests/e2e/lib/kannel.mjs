// SPDX-License-Identifier: Apache-2.0
// Kannel, a real SMS gateway, on the loopback: bearerbox, smsbox, and fakesmsc
// in place of a telephone operator, which prints what it is sent.
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { Running } from './processes.mjs';
import { freePorts, ROOT, scratch, until } from './scratch.mjs';

const FAKESMSC = '/usr/lib/kannel/test/fakesmsc';
const PASSWORD = 'кот & пёс'; // has to be escaped on its way
const MANUAL = join(ROOT, 'docs/man/surguch-courier.8');

// (A "fake" connection listens on all addresses; it lets in ours alone.)
const conf = (port) => `
group = core
admin-port = ${port.admin}
admin-interface = 127.0.0.1
admin-password = test
smsbox-port = ${port.box}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"

group = smsc
smsc = fake
host = 127.0.0.1
port = ${port.smsc}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${port.sendsms}
sendsms-interface = 127.0.0.1
global-sender = surguch

group = sendsms-user
username = surguch
password = "${PASSWORD}"
max-messages = 5
concatenation = true
`;

// Resolves to the body, or to '' when there is no answer.
function fetchText(url) {
	return new Promise((done) => {
		get(url, (res) => {
			let text = '';
			res.setEncoding('utf8').on('data', (d) => {
				text += d;
			}).on('end', () => done(text));
		}).on('error', () => done(''));
	});
}

// "%04%1A+%00" -> bytes
function unescape(text) {
	return Buffer.from(text.replace(/\+/g, ' ')
		.replace(/%([0-9A-F]{2})/gi, (_, hex) =>
			String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

// UCS-2, highest byte first, which has no pairs of surrogates.
const ucs2 = (bytes) => Buffer.from(bytes).swap16().toString('utf16le');

// One line of fakesmsc: {to, ref, total, part, text}
function readLine(line) {
	const m = /Got message \d+: <\S+ (\+\d+) (?:udh (\S+) data|ucs-2) (.*)>$/
		.exec(line);
	if (!m) {
		throw new Error(`what does fakesmsc say? ${line}`);
	}
	const udh = m[2] ? unescape(m[2]) : null;
	if (udh && udh.subarray(0, 3).toString('hex') !== '050003') {
		throw new Error(`not a part of a long message: ${line}`);
	}
	const bytes = unescape(m[3]);
	if (bytes.length > 140 - (udh?.length ?? 0)) {
		throw new Error(`more than fits into one SMS: ${line}`);
	}
	return { to: m[1], ref: udh?.[3], total: udh?.[4] ?? 1,
		part: udh?.[5] ?? 1, text: ucs2(bytes) };
}

// What a phone makes of the parts: [{to, text}]
function joined(parts) {
	const found = [];
	for (const p of parts) {
		if (p.part === 1) {
			found.push({ ...p, next: 2 });
			continue;
		}
		const whole = found.find((f) => f.to === p.to && f.ref === p.ref &&
			f.next === p.part && p.part <= f.total);
		if (!whole) {
			throw new Error(`a part without its beginning: ${p.text}`);
		}
		whole.text += p.text;
		whole.next += 1;
	}
	return found.filter((f) => f.next > f.total)
		.map(({ to, text }) => ({ to, text }));
}

export class Kannel {
	static async make(t) {
		const k = new Kannel();
		k.t = t;
		const [admin, box, smsc, sendsms] = await freePorts(4);
		k.port = { admin, box, smsc, sendsms };
		k.conf = join(scratch(t), 'kannel.conf');
		k.operators = []; // each fakesmsc that ran
		writeFileSync(k.conf, conf(k.port));
		return k;
	}

	// Let the centre send through it: with the settings that the manual
	// shows for Kannel (but for the port and the place of the secret), and
	// more of them.
	// report: where reports of delivery go, as report_url says it.  fakesmsc
	// has no phones: its last word is 8, that the operator has it.
	configure(centre, more = '', report = null) {
		const [, example] = /^\.Bd [^]*?(gateway : \{[^]*?\n\};\n)\.Ed$/m
			.exec(readFileSync(MANUAL, 'utf8'));
		const secret = join(centre.dir, 'etc/surguch/sms.secret');
		writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
		if (process.getuid() === 0) {
			const [, uid] = /courier = "(\d+)"/.exec(readFileSync(
				join(centre.dir, 'etc/surguch/surguch.conf'), 'utf8'));
			chownSync(secret, Number(uid), Number(uid));
		}
		writeFileSync(join(centre.dir, 'etc/surguch/courier.conf'), example
			.replace(':13013/', `:${this.port.sendsms}/`)
			.replace('/etc/surguch/sms.secret', secret)
			.replace('&text={text}', report ?
				'&text={text}&dlr-mask=31&dlr-url={report_url}' :
				'&text={text}')
			.replace(/\};\n$/, `${report ? `\treport_url = "${report}";
	report_delivered = ["1", "8"];
	report_failed = ["2", "16"];
` : ''}${more}};\n`));
	}

	#status() {
		return fetchText(`http://127.0.0.1:${this.port.admin}` +
			'/status.txt?password=test');
	}

	async #says(pattern) {
		let last;
		await until(async () => pattern.test(last = await this.#status()),
			() => `${pattern} in Kannel's words:\n${last}\n` +
				`${this.bearerbox.log.slice(-2000)}\n${this.smsbox?.log}`);
	}

	async start() {
		this.bearerbox = new Running(this.t, 'bearerbox', [this.conf]);
		await this.#says(/Status: running/);
		this.smsbox = new Running(this.t, 'smsbox', [this.conf]);
		await this.#says(/smsbox:.*on-line/);
		await this.startOperator();
	}

	async startOperator() {
		this.operators.push(new Running(this.t, FAKESMSC, ['-H', '127.0.0.1',
			'-r', this.port.smsc, '-i', '100', '-m', '0', 'x']));
		await this.#says(/FAKE:\d+ \(online/);
	}

	async stopOperator() {
		await this.operators.at(-1).stop('SIGKILL');
		await this.#says(/FAKE:\d+ \(re-connecting/);
	}

	// Without bearerbox smsbox ends too, only later.
	kill() {
		return Promise.all([this.bearerbox, this.smsbox,
			this.operators.at(-1)].map((box) => box.stop('SIGKILL')));
	}

	// Freeze it as it stands, so that it takes requests and answers none.
	freeze() {
		this.bearerbox.child.kill('SIGSTOP');
	}

	thaw() {
		this.bearerbox.child.kill('SIGCONT');
	}

	// What the phones have, oldest first: [{to, text}]
	messages() {
		return this.operators.flatMap((o) => joined(o.log.split('\n').slice(0, -1)
			.filter((l) => l.includes('Got message')).map(readLine)));
	}
}
