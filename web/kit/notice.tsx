// SPDX-License-Identifier: Apache-2.0
// What the page says besides: notices, faults, states, progress.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Attention, Clock, Done, Info, Over, Tick } from './icon';

export type Tone = 'wait' | 'need' | 'ok' | 'wrong';

export function Notice(props: { tone: Tone; children: ComponentChildren }) {
	const Icon = props.tone === 'ok' ? Done
		: props.tone === 'wait' ? Info : Attention;
	return (
		<div class={`notice ${props.tone}`}
			role={props.tone === 'wrong' ? 'alert' : undefined}>
			<Icon /><div>{props.children}</div>
		</div>
	);
}

export interface Fault {
	field?: string; // its id, when a field is at fault
	text: string;
}

// On top of the page, with the focus, each line leading to its field.
export function ErrorSummary({ faults }: { faults: Fault[] }) {
	const ref = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		if (faults.length > 0) {
			ref.current?.focus();
		}
	}, [faults]);
	if (faults.length === 0) {
		return null;
	}
	return (
		<div class="notice wrong">
			<Attention />
			<div>
				<h2 ref={ref} tabIndex={-1}>{faults.some((f) => f.field)
					? t('error.h') : t('error.failed')}</h2>
				<ul>
					{faults.map((f) => (
						<li key={f.text}>
							{f.field === undefined ? f.text
								: <a href={`#${f.field}`} onClick={(e) => {
									e.preventDefault();
									document.getElementById(f.field ?? '')?.focus();
								}}>{f.text}</a>}
						</li>
					))}
				</ul>
			</div>
		</div>
	);
}

export function StatusTag(props: { tone: 'ok' | 'wait' | 'need' | 'over';
	children: string }) {
	const Icon = props.tone === 'ok' ? Tick : props.tone === 'wait' ? Clock
		: props.tone === 'need' ? Attention : Over;
	return <span class={`tag ${props.tone}`}><Icon size={16} />{props.children}</span>;
}

// Spoken when it changes, and only then.
export function Status({ children }: { children: ComponentChildren }) {
	return <div role="status">{children}</div>;
}

export function Progress(props: { label: string; value: number; max: number }) {
	return <label>{props.label}
		<progress value={props.value} max={props.max} /></label>;
}
