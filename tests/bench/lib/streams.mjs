// SPDX-License-Identifier: Apache-2.0
// Browsers that only listen: an event stream for each cookie of a file, opened
// again when it breaks, as EventSource does.  On SIGTERM prints what was heard:
// {"open", "events", "broken"}.
//
//	node streams.mjs URL CA_FILE COOKIES_FILE
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const [url, caFile, file] = process.argv.slice(2);
const ca = readFileSync(caFile);
const AGAIN_MS = 500;
const seen = { open: 0, events: 0, broken: 0 };

function listen(cookie, last) {
	let id = last;
	let over = false;
	const again = () => {
		if (!over) {
			over = true;
			seen.broken += 1;
			setTimeout(() => listen(cookie, id), AGAIN_MS);
		}
	};
	const req = request(url, { ca, agent: false, headers: {
		accept: 'text/event-stream', cookie,
		...(id ? { 'last-event-id': id } : {}) } }, (res) => {
		if (res.statusCode !== 200) {
			res.resume();
			again();
			return;
		}
		seen.open += 1;
		res.setEncoding('utf8');
		res.on('data', (text) => {
			seen.events += text.split('event: form').length - 1;
			id = /^id: (.*)$/m.exec(text)?.[1] ?? id;
		});
		res.on('error', () => {});
		res.on('close', () => {
			seen.open -= 1;
			again();
		});
	});
	req.on('error', again);
	req.end();
}

const cookies = readFileSync(file, 'utf8').split('\n').filter(Boolean);
cookies.forEach((cookie, i) => setTimeout(() => listen(cookie, null), i * 2));
const opening = setInterval(() => {
	if (seen.open === cookies.length) {
		clearInterval(opening);
		process.stdout.write('open\n');
	}
}, 50);
process.on('SIGTERM', () => {
	process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
});
