// SPDX-License-Identifier: Apache-2.0
// The language of the page, and its texts: a dictionary a language, of which
// a browser loads the one that it shows.
import type { Dictionary } from './ru';

export type Lang = 'ru' | 'en';
const KEPT = 'surguch.lang';

function first(): Lang {
	const kept = localStorage.getItem(KEPT);
	const asked = navigator.languages.map((l) => l.slice(0, 2));
	if (kept === 'ru' || kept === 'en') {
		return kept;
	}
	return asked.includes('ru') || !asked.includes('en') ? 'ru' : 'en';
}

let now: Lang = first();
let texts: Dictionary;

export const lang = (): Lang => now;

// Nothing is shown before the first of these has ended; when it fails, the
// language stays as it was.
export async function loadLang(to = now): Promise<void> {
	texts = to === 'ru' ? (await import('./ru')).ru : (await import('./en')).en;
	now = to;
	document.documentElement.lang = to;
}

export async function setLang(to: Lang): Promise<void> {
	await loadLang(to);
	localStorage.setItem(KEPT, to);
}

type Text<K extends keyof Dictionary> = Dictionary[K] extends
	(...args: infer A) => string ? A : [];

// t('list.h'), t('list.made', '14.03.2027')
export function t<K extends keyof Dictionary>(key: K, ...args: Text<K>): string {
	const entry = texts[key] as string | ((...a: unknown[]) => string);
	return typeof entry === 'string' ? entry : entry(...args);
}

// A key made of a name that the server tells; '' when there is no such text.
export function textOf(prefix: string, name: string): string {
	const entry = (texts as Record<string, unknown>)[`${prefix}.${name}`];
	return typeof entry === 'string' ? entry : '';
}
