// SPDX-License-Identifier: Apache-2.0
// The form of a word that a number takes.
const rules = {
	ru: new Intl.PluralRules('ru'),
	en: new Intl.PluralRules('en'),
};

export function plural(lang: 'ru' | 'en', n: number, one: string, few: string,
	many: string): string {
	const form = rules[lang].select(n);
	return form === 'one' ? one : form === 'few' ? few : many;
}
