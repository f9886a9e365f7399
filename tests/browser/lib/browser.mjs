// SPDX-License-Identifier: Apache-2.0
// Chromium on the cabinet's page: contexts of which each keeps what the page
// complained of, pictures, and axe in a world of its own, so that the page's
// CSP and Trusted Types stay on while it is audited.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { BUILD } from '../../e2e/lib/scratch.mjs';

const PROGRAM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url)
	.resolve('axe-core/axe.min.js'), 'utf8');
// What the centre is called when the page is to look like a public site's.
export const OUTSIDE = 'cabinet.example';
const WAIT_MS = 15000;
export const WIDE = { width: 1100, height: 900 };
export const NARROW = { width: 390, height: 844 };

export const PICTURES = join(BUILD, 'browser');

export async function launch(t) {
	const browser = await chromium.launch({ executablePath: PROGRAM, args: [
		'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update',
		'--disable-sync', `--host-resolver-rules=MAP ${OUTSIDE} 127.0.0.1`] });
	t.after(() => browser.close());
	return browser;
}

// A browser's profile with one page.  options as Playwright's, and
//   public   the page looks as if it came from the internet
//   host     what the centre is called, instead of 127.0.0.1: OUTSIDE
export async function openPage(browser, centre, { public: isPublic = false,
	host = '127.0.0.1', ...options } = {}) {
	const baseURL = centre.api.replace('127.0.0.1', host);
	const context = await browser.newContext({ baseURL,
		ignoreHTTPSErrors: true, viewport: WIDE, locale: 'ru-RU',
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
			/^\/($|sign-in|my)/.test(url.pathname), publicly);
	}
	const page = await context.newPage();
	Object.assign(page, { faults, baseURL });
	return page;
}

// The directive that makes Chromium treat a document as a public site's.
async function publicly(route) {
	const answer = await route.fetch({ url:
		route.request().url().replace(OUTSIDE, '127.0.0.1') });
	const headers = answer.headers();
	await route.fulfill({ response: answer, headers: { ...headers,
		'content-security-policy':
			`${headers['content-security-policy']}; treat-as-public-address` } });
}

// No complaint of the browser since the last look.
export async function noFaults(page) {
	const violations = await page.evaluate(() =>
		globalThis.violations.splice(0));
	assert.deepEqual([...page.faults.splice(0), ...violations], []);
}

// Serious and critical faults that axe finds: ["rule: element", …]
export async function axe(page) {
	const cdp = await page.context().newCDPSession(page);
	const { frameTree } = await cdp.send('Page.getFrameTree');
	const { executionContextId } = await cdp.send('Page.createIsolatedWorld',
		{ frameId: frameTree.frame.id });
	const run = (expression) => cdp.send('Runtime.evaluate', { expression,
		contextId: executionContextId, awaitPromise: true,
		returnByValue: true });
	await run(AXE);
	const { result, exceptionDetails } = await run(
		'axe.run(document, {resultTypes: ["violations"]})' +
		'.then((r) => JSON.stringify(r.violations))');
	await cdp.detach();
	assert.equal(exceptionDetails, undefined);
	return JSON.parse(result.value)
		.filter((v) => ['serious', 'critical'].includes(v.impact))
		.flatMap((v) => v.nodes.map((n) =>
			`${v.id}: ${n.html} (${n.failureSummary})`));
}

// Look at the page as it is now: in both themes, wide and narrow; keep a
// picture of each, and find nothing wrong with it.
export async function look(page, name, { audit = true } = {}) {
	mkdirSync(PICTURES, { recursive: true });
	for (const colorScheme of ['light', 'dark']) {
		for (const viewport of [WIDE, NARROW]) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize(viewport);
			await page.evaluate(() => document.fonts.ready);
			await page.screenshot({ fullPage: true, path: join(PICTURES,
				`${name}-${colorScheme}-${viewport.width}.png`) });
			// Each theme and each width once: auditing is the slow part.
			if (audit && (colorScheme === 'light') === (viewport === WIDE)) {
				assert.deepEqual(await axe(page), [], `${name} ${colorScheme}`);
			}
		}
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
	assert.deepEqual(await axe(page), [], `${name} in English`);
	assert.doesNotMatch(await page.locator('main h1').innerText(),
		/[А-Яа-я]/, name);
	await fits(page, name);
	await page.getByRole('button', { name: 'Русский' }).click();
	await page.setViewportSize(WIDE);
}

// 320 px without a way to the side (WCAG 1.4.10).
async function fits(page, name) {
	await page.setViewportSize({ width: 320, height: 700 });
	const over = await page.evaluate(() =>
		document.documentElement.scrollWidth - innerWidth);
	assert.ok(over <= 0, `${name}: ${over} px too wide at 320`);
}
