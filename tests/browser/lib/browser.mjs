// SPDX-License-Identifier: Apache-2.0
// Chromium on the cabinet's page: contexts of which each keeps what the page
// complained of, pictures, and axe in a world of its own, so that the page's
// CSP and Trusted Types stay on while it is audited.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { must } from '../../run/exec.mjs';
import { call } from '../../e2e/lib/desk.mjs';
import { BUILD, scratch } from '../../e2e/lib/scratch.mjs';

const PROGRAM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url)
	.resolve('axe-core/axe.min.js'), 'utf8');
// What the centre is called when the page is to look like a public site's.
export const OUTSIDE = 'cabinet.example';
const WAIT_MS = 15000;
export const WIDE = { width: 1100, height: 900 };
export const NARROW = { width: 390, height: 844 };

export const PICTURES = join(BUILD, 'browser');

// A browser whose person trusts the centre's root: in a database of a home of
// its own, as `certutil` makes it.
// computer: of lib/computer.mjs, in which it runs
export async function launch(t, centre, computer = null) {
	const home = computer?.home ?? scratch(t);
	const db = join(home, '.pki/nssdb');
	if (!existsSync(db)) {
		mkdirSync(db, { recursive: true });
		await must('certutil', ['-N', '-d', `sql:${db}`, '--empty-password']);
		await must('certutil', ['-A', '-d', `sql:${db}`, '-n', 'root', '-t',
			'C,,', '-i', centre.apiCa]);
	}
	const browser = await chromium.launch({
		executablePath: computer?.program(PROGRAM) ?? PROGRAM,
		env: { ...process.env, HOME: home, ...computer?.env }, args: [
		'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update',
		'--disable-sync', `--host-resolver-rules=MAP ${OUTSIDE} 127.0.0.1`] });
	t.after(() => browser.close());
	return browser;
}

// A browser's profile with one page.  options as Playwright's, and
//   public   the page looks as if it came from the internet
//   host     what the centre is called, instead of 127.0.0.1: OUTSIDE, which
//            its certificate does not bear
export async function openPage(browser, centre, { public: isPublic = false,
	host = '127.0.0.1', ...options } = {}) {
	const baseURL = centre.api.replace('127.0.0.1', host);
	const context = await browser.newContext({ baseURL,
		ignoreHTTPSErrors: host === OUTSIDE, viewport: WIDE, locale: 'ru-RU',
		timezoneId: 'Europe/Moscow', ...options });
	context.setDefaultTimeout(WAIT_MS);
	const faults = [];
	context.on('console', (m) => {
		// Answers that are no success are told there too; they are no fault.
		if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) {
			faults.push(m.text());
		}
	});
	context.on('weberror', (e) => faults.push(e.error().stack));
	await context.addInitScript(() => {
		globalThis.violations = [];
		document.addEventListener('securitypolicyviolation', (e) =>
			globalThis.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
	});
	if (isPublic) {
		await context.route((url) => url.hostname === host &&
			/^\/($|sign-in|my|check|stop|trust)/.test(url.pathname), (route) =>
			publicly(route, centre));
	}
	const page = await context.newPage();
	Object.assign(page, { faults, baseURL });
	return page;
}

// The directive that makes Chromium treat a document as a public site's.
async function publicly(route, centre) {
	const { pathname } = new URL(route.request().url());
	const { status, headers, text } = await call(centre, 'GET', pathname,
		undefined, { token: null });
	await route.fulfill({ status, body: text, headers: { ...headers,
		'content-security-policy':
			`${headers['content-security-policy']}; treat-as-public-address` } });
}

// What the page's own fetch gets: {status, body (Buffer)}
export async function fetched(page, path) {
	const { status, bytes } = await page.evaluate(async (at) => {
		const r = await fetch(at);
		return { status: r.status,
			bytes: [...new Uint8Array(await r.arrayBuffer())] };
	}, path);
	return { status, body: Buffer.from(bytes) };
}

// No complaint of the browser since the last look.
export async function noFaults(page) {
	const violations = await page.evaluate(() =>
		globalThis.violations.splice(0));
	assert.deepEqual([...page.faults.splice(0), ...violations], []);
}

// audit() → serious and critical faults that axe finds now: ["rule: element"]
async function auditor(page) {
	const cdp = await page.context().newCDPSession(page);
	const { frameTree } = await cdp.send('Page.getFrameTree');
	const { executionContextId } = await cdp.send('Page.createIsolatedWorld',
		{ frameId: frameTree.frame.id });
	const run = (expression) => cdp.send('Runtime.evaluate', { expression,
		contextId: executionContextId, awaitPromise: true,
		returnByValue: true });
	await run(AXE);
	return async () => {
		const { result, exceptionDetails } = await run(
			'axe.run(document, {resultTypes: ["violations"]})' +
			'.then((r) => JSON.stringify(r.violations))');
		assert.equal(exceptionDetails, undefined);
		return JSON.parse(result.value)
			.filter((v) => ['serious', 'critical'].includes(v.impact))
			.flatMap((v) => v.nodes.map((n) =>
				`${v.id}: ${n.html} (${n.failureSummary})`));
	};
}

// Look at the page as it is now: each theme and each width once; keep a
// picture of each, and find nothing wrong with it.
export async function look(page, name, { audit = true } = {}) {
	mkdirSync(PICTURES, { recursive: true });
	const faults = audit ? await auditor(page) : () => [];
	for (const [colorScheme, viewport] of [['light', WIDE], ['dark', NARROW]]) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize(viewport);
		await page.evaluate(() => document.fonts.ready);
		await page.screenshot({ fullPage: true, path: join(PICTURES,
			`${name}-${colorScheme}-${viewport.width}.png`) });
		assert.deepEqual(await faults(), [], `${name} ${colorScheme}`);
	}
	await fits(page, name);
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(WIDE);
	await noFaults(page);
}

// The same page in English, once: narrow, where words have the least room.
export async function lookInEnglish(page, name) {
	await page.getByRole('button', { name: 'English' }).click();
	await page.setViewportSize(NARROW);
	await page.screenshot({ fullPage: true,
		path: join(PICTURES, `${name}-en-390.png`) });
	assert.deepEqual(await (await auditor(page))(), [], `${name} in English`);
	assert.doesNotMatch(await page.locator('main h1').innerText(),
		/[А-Яа-я]/, name);
	await fits(page, name);
	await page.getByRole('button', { name: 'Русский' }).click();
	await page.setViewportSize(WIDE);
}

// On paper: black on white whatever the theme, nothing to press, and where and
// when it was printed.
export async function lookPrinted(page, name) {
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	await page.setViewportSize({ width: 794, height: 1123 }); // A4
	await page.screenshot({ fullPage: true,
		path: join(PICTURES, `${name}-print.png`) });
	assert.equal(await page.getByRole('button').count(), 0, name);
	assert.deepEqual(await page.evaluate(() => {
		const { color, backgroundColor } = getComputedStyle(document.body);
		return [color, backgroundColor];
	}), ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'], name);
	await page.getByText(new URL(page.url()).pathname).waitFor();
	await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
	await page.setViewportSize(WIDE);
}

// 320 px without a way to the side (WCAG 1.4.10).
async function fits(page, name) {
	await page.setViewportSize({ width: 320, height: 700 });
	const over = await page.evaluate(() =>
		document.documentElement.scrollWidth - innerWidth);
	assert.ok(over <= 0, `${name}: ${over} px too wide at 320`);
}
