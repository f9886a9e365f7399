#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A double of an HTTP SMS gateway on the loopback: "the phone" of the demo,
// the walk and the tests.  It takes what courier really sends, prints it, and
// appends it to a file, one JSON object a line:
//   {"to": "+7916...", "text": "...", "id": "msg_...", "at": "2026-..."}
//
//   node sms-gateway.mjs [--port N] [--file F] [--quiet] [--behave HOW]
//                        [--behave-file F] [--url-file F]
//                        [--key F --cert F]
//
// Messages come by POST in JSON or as a form, or by GET in the query, with
// the fields to, text and id, and report: an address to which a report of
// delivery goes, once the message was answered, with "1" for STATUS in it ("2"
// when it is lost).  HOW is what to do instead of accepting, for
// each request or for the first N of them ("fail:2"):
//   ok       accept and answer {"status":"OK","id":"gw-N"}
//   fail     503, nothing taken          refuse   400, nothing taken
//   rubbish  200 and an answer that is no answer (the message was taken)
//   delay    take it, answer after 60 s  hangup   take it, close silently
//   reset    close before reading
//   lost     accept, but it reaches no phone
// --behave-file names a file with HOW, read anew for each request.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { createServer as createTls } from 'node:https';
import { parseArgs } from 'node:util';

const BODY_MAX = 64 * 1024;
const DELAY_MS = 60000;

const { values: options } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		file: { type: 'string' },
		quiet: { type: 'boolean', default: false },
		behave: { type: 'string', default: 'ok' },
		'behave-file': { type: 'string' },
		'url-file': { type: 'string' },
		key: { type: 'string' },
		cert: { type: 'string' },
	},
});

let taken = 0;
let asked = 0;

// What to do with this request.
function behaviour() {
	let how = options.behave;
	if (options['behave-file']) {
		try {
			how = readFileSync(options['behave-file'], 'utf8').trim();
		} catch {
			how = 'ok'; // not written yet
		}
	}
	const [name, times] = how.split(':');
	return times !== undefined && asked > Number(times) ? 'ok' : name;
}

// Something a person's terminal can show.
function printable(text) {
	return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

function take(message) {
	taken += 1;
	if (options.file) {
		appendFileSync(options.file, `${JSON.stringify({ ...message,
			at: new Date().toISOString() })}\n`);
	}
	if (!options.quiet) {
		console.log(`SMS to ${printable(message.to)}: ` +
			printable(message.text));
	}
	return `gw-${taken}`;
}

async function readBody(request) {
	const parts = [];
	let size = 0;
	for await (const part of request) {
		size += part.length;
		if (size > BODY_MAX) {
			throw new Error('the body is too large');
		}
		parts.push(part);
	}
	return new TextDecoder('utf-8', { fatal: true })
		.decode(Buffer.concat(parts));
}

async function readMessage(request) {
	const url = new URL(request.url, 'http://localhost');
	let fields = Object.fromEntries(url.searchParams);
	if (request.method === 'POST') {
		const body = await readBody(request);
		const type = (request.headers['content-type'] ?? '').split(';')[0];
		fields = type === 'application/x-www-form-urlencoded' ?
			Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
	}
	const { to, text, id = '', report = '' } = fields;
	if (typeof to !== 'string' || !/^\+?\d{5,15}$/.test(to)) {
		throw new Error('"to" is no phone number');
	}
	if (typeof text !== 'string' || text === '') {
		throw new Error('"text" is missing');
	}
	return { to: to.startsWith('+') ? to : `+${to}`, text, id, report };
}

function answer(response, status, object) {
	const body = `${JSON.stringify(object)}\n`;
	response.writeHead(status, { 'Content-Type': 'application/json',
		'Content-Length': Buffer.byteLength(body) });
	response.end(body);
}

function tell(report, status) {
	get(report.replace('STATUS', status), (res) => res.resume())
		.on('error', (error) =>
			console.error(`sms-gateway: ${report}: ${error.message}`));
}

async function handle(request, response) {
	asked += 1;
	const how = behaviour();
	if (how === 'reset') {
		request.socket.destroy();
		return;
	}
	let message;
	try {
		message = await readMessage(request);
	} catch (error) {
		answer(response, 400, { status: 'ERROR', error: error.message });
		return;
	}
	if (how === 'fail') {
		answer(response, 503, { status: 'ERROR', error: 'told to fail' });
		return;
	}
	if (how === 'refuse') {
		answer(response, 400, { status: 'ERROR', error: 'told to refuse' });
		return;
	}
	const { report, ...rest } = message;
	const id = how === 'lost' ? 'gw-lost' : take(rest);
	if (report !== '') {
		response.on('finish', () => tell(report, how === 'lost' ? '2' : '1'));
	}
	if (how === 'rubbish') {
		response.writeHead(200, { 'Content-Type': 'text/html' });
		response.end('<html>It works!</html>');
	} else if (how === 'hangup') {
		request.socket.destroy();
	} else if (how === 'delay') {
		setTimeout(() => answer(response, 200, { status: 'OK', id }),
			DELAY_MS).unref();
	} else {
		answer(response, 200, { status: 'OK', id });
	}
}

const answerOne = (request, response) => {
	handle(request, response).catch((error) => {
		console.error(`sms-gateway: ${error.stack}`);
		request.socket.destroy();
	});
};
const server = options.key ? createTls({ key: readFileSync(options.key),
	cert: readFileSync(options.cert) }, answerOne) : createServer(answerOne);
server.on('error', (error) => {
	console.error(`sms-gateway: ${error.message}`);
	process.exit(1);
});
server.listen(Number(options.port), '127.0.0.1', () => {
	const url = `${options.key ? 'https' : 'http'}://127.0.0.1:${server.address().port}/send`;
	if (options['url-file']) {
		writeFileSync(options['url-file'], `${url}\n`);
	}
	if (!options.quiet) {
		console.log(`SMS gateway double at ${url}`);
	}
});
for (const signal of ['SIGTERM', 'SIGINT']) {
	process.on(signal, () => {
		server.closeAllConnections();
		server.close(() => process.exit(0));
	});
}
