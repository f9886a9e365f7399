// SPDX-License-Identifier: Apache-2.0
// The language of the page, and its texts.
import { en } from './en';
import { ru, type Dictionary } from './ru';

export type Lang = 'ru' | 'en';
const KEPT = 'surguch.lang';
const dictionaries: Record<Lang, Dictionary> = { ru, en };

function first(): Lang {
	const kept = localStorage.getItem(KEPT);
	const asked = navigator.languages.map((l) => l.slice(0, 2));
	if (kept === 'ru' || kept === 'en') {
		return kept;
	}
	return asked.includes('ru') || !asked.includes('en') ? 'ru' : 'en';
}

let now: Lang = first();
document.documentElement.lang = now;

export const lang = (): Lang => now;

export function setLang(to: Lang): void {
	now = to;
	localStorage.setItem(KEPT, to);
	document.documentElement.lang = to;
}

type Text<K extends keyof Dictionary> = Dictionary[K] extends
	(...args: infer A) => string ? A : [];

// t('list.h'), t('list.made', '14.03.2027')
export function t<K extends keyof Dictionary>(key: K, ...args: Text<K>): string {
	const entry = dictionaries[now][key] as string | ((...a: unknown[]) => string);
	return typeof entry === 'string' ? entry : entry(...args);
}

// A key made of a name that the server tells; '' when there is no such text.
export function textOf(prefix: string, name: string): string {
	const entry = (dictionaries[now] as Record<string, unknown>)[
		`${prefix}.${name}`];
	return typeof entry === 'string' ? entry : '';
}
