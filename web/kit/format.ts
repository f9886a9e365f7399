// SPDX-License-Identifier: Apache-2.0
// How dates, phones and long numbers are shown.
const NBSP = '\u00a0';

const two = (n: number) => String(n).padStart(2, '0');

// 14.03.2027
export function date(iso: string): string {
	const d = new Date(iso);
	return `${two(d.getDate())}.${two(d.getMonth() + 1)}.${d.getFullYear()}`;
}

// 14.03.2027 9:05
export function moment(iso: string): string {
	const d = new Date(iso);
	return `${date(iso)} ${d.getHours()}:${two(d.getMinutes())}`;
}

// 1:05
export function countdown(seconds: number): string {
	return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

// The ten digits behind +7, or as many as there are.
export function phoneDigits(text: string): string {
	const digits = text.replace(/\D/g, '');
	return (/^[78]/.test(digits) && (digits.length > 10 || /^\s*(\+|8)/.test(text))
		? digits.slice(1) : digits).slice(0, 10);
}

// +7 916 123-45-67
export function phone(text: string): string {
	const d = phoneDigits(text);
	return d.length < 10 ? text : `+7${NBSP}${d.slice(0, 3)}${NBSP}` +
		`${d.slice(3, 6)}\u2011${d.slice(6, 8)}\u2011${d.slice(8)}`;
}

// 8 800 500-50-80, and others as they were written
export function callPhone(text: string): string {
	const d = /^8(800)(\d{3})(\d\d)(\d\d)$/.exec(text);
	return d === null ? text
		: `8${NBSP}${d[1]}${NBSP}${d[2]}\u2011${d[3]}\u2011${d[4]}`;
}

// One line's worth, however it was written.
export function unbroken(text: string): string {
	return text.replace(/ /g, NBSP).replace(/-/g, '\u2011');
}

// +7 ··· 67: enough to know one's own.
export function phoneEnd(text: string): string {
	return `+7${NBSP}···${NBSP}${phoneDigits(text).slice(-2)}`;
}

// A long number that people compare, in groups that lines may break between.
export function groups(text: string, size: number): string {
	return text.match(new RegExp(`.{1,${size}}`, 'g'))?.join(' ') ?? '';
}
