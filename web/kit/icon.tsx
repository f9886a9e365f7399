// SPDX-License-Identifier: Apache-2.0
// Our own drawings.  All are decoration: a word always stands beside them.
import type { ComponentChildren } from 'preact';

function Icon(props: { size?: number; spin?: boolean;
	children: ComponentChildren }) {
	const size = props.size ?? 20;
	return (
		<svg width={size} height={size} viewBox="0 0 20 20" fill="none"
			stroke="currentColor" stroke-width="1.8" stroke-linecap="round"
			stroke-linejoin="round" aria-hidden="true"
			class={props.spin ? 'spinner' : undefined}>
			{props.children}
		</svg>
	);
}

export const Tick = ({ size = 20 }) =>
	<Icon size={size}><path d="M4 10.5 8.2 14.7 16 6" /></Icon>;
export const Done = () => (
	<Icon><circle cx="10" cy="10" r="8" /><path d="M6.3 10.3 9 13l4.8-5.6" /></Icon>
);
export const Attention = ({ size = 20 }) => (
	<Icon size={size}><path d="M10 2.5 18.3 17H1.7z" />
		<path d="M10 8v4M10 14.4v.1" /></Icon>
);
export const Info = () => (
	<Icon><circle cx="10" cy="10" r="8" /><path d="M10 9v5M10 6.1v.1" /></Icon>
);
export const Clock = ({ size = 20 }) => (
	<Icon size={size}><circle cx="10" cy="10" r="8" />
		<path d="M10 5.5V10l3 2" /></Icon>
);
export const Busy = () =>
	<Icon spin><path d="M10 2a8 8 0 1 1-7.4 5" /></Icon>;
export const Later = () => <Icon><circle cx="10" cy="10" r="8" /></Icon>;
export const Over = ({ size = 20 }) =>
	<Icon size={size}><path d="M5 10h10" /></Icon>;

// What people hold in their hands.
function Thing({ children }: { children: ComponentChildren }) {
	return (
		<svg width="44" height="44" viewBox="0 0 44 44" fill="none"
			stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"
			stroke-linecap="round" aria-hidden="true">
			{children}
		</svg>
	);
}
const Token = () => (
	<Thing><rect x="4" y="15" width="26" height="14" rx="4" />
		<path d="M30 18h10v8H30" /><path d="M34 20.5v3M37 20.5v3" />
		<circle cx="10" cy="22" r="2" /></Thing>
);
const FlashDrive = () => (
	<Thing><path d="M14 4h16v10H14z" /><path d="M19 8v2M25 8v2" />
		<rect x="10" y="14" width="24" height="26" rx="3" />
		<path d="M17 33h10" /></Thing>
);
const Computer = () => (
	<Thing><rect x="6" y="8" width="32" height="21" rx="2" />
		<path d="M3 35h38M18 29v6M26 29v6" /></Thing>
);

export function MediumIcon({ kind }: { kind: 'token' | 'disk' | 'registry' }) {
	return kind === 'token' ? <Token /> : kind === 'disk' ? <FlashDrive />
		: <Computer />;
}

// The centre's mark: a seal of wax.
export function Seal({ size = 40 }: { size?: number }) {
	return (
		<svg class="mark-seal" width={size} height={size} viewBox="0 0 64 64"
			aria-hidden="true">
			<path fill="#8c1c2b" d={WAX} />
			<g fill="none" stroke="#f6e4e2" stroke-width="2.4"
				stroke-linecap="round">
				<circle cx="32" cy="32" r="20.5" />
				<path d="M40.5 25.2a10.6 10.6 0 1 0 .2 13.4" />
				<path d="M32 28.4v7.2M28.4 32h7.2" />
			</g>
		</svg>
	);
}
const WAX =
	'M60.5 34.3C60.9 40.5 61.1 42.5 58.2 47.0C55.3 51.5 51.7 54.9 45.4 57.7' +
	'C39.0 60.6 31.2 62.5 25.2 61.8C19.3 61.2 18.6 58.2 14.5 54.4' +
	'C10.4 50.5 6.1 48.2 3.9 41.8C1.7 35.4 1.5 26.8 3.0 20.9' +
	'C4.6 15.0 7.6 14.8 12.1 11.2C16.5 7.6 19.7 3.1 26.2 2.3' +
	'C32.7 1.4 40.3 4.4 46.1 6.8C51.9 9.1 53.6 9.2 56.4 14.5' +
	'C59.2 19.8 60.2 28.0 60.5 34.3z';
