// SPDX-License-Identifier: Apache-2.0
// Lists: rows that are links, labels with values, points with their states.
import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { Attention, Busy, Done, Later } from './icon';
import { Link } from './link';

export interface Row {
	id: string;
	to: string;
	title: string;
	about: string;
	side: ComponentChildren;
}

export function List(props: { rows: Row[]; loud?: boolean }) {
	return (
		<ul class={props.loud ? 'list loud' : 'list'}>
			{props.rows.map((r) => (
				<li key={r.id}>
					<Link to={r.to} class="row">
						<span><span class="title">{r.title}</span><br />
							<span class="about">{r.about}</span></span>
						<span class="side">{r.side}</span>
					</Link>
				</li>
			))}
		</ul>
	);
}

// source: where the value was taken from
export function SummaryList(props: { rows: { label: string;
	value: ComponentChildren; source?: string }[] }) {
	return (
		<dl class="summary">
			{props.rows.map((r) => (
				<div key={r.label}><dt>{r.label}</dt>
					<dd>{r.value === '' ? <span class="quiet">{t('data.empty')}</span>
						: r.value}
					{r.source && <small>{r.source}</small>}</dd></div>
			))}
		</dl>
	);
}

export type PointState = 'ok' | 'now' | 'need' | 'later';
export interface Point {
	id: string;
	state: PointState;
	title: string;
	text?: ComponentChildren;
}

export function Points({ points }: { points: Point[] }) {
	return (
		<ol class="states">
			{points.map((p) => (
				<li key={p.id}>
					<span class={`mark ${p.state}`}>
						{p.state === 'ok' ? <Done /> : p.state === 'now' ? <Busy />
							: p.state === 'need' ? <Attention /> : <Later />}
					</span>
					<div class="more">
						<p class={p.state === 'later' ? 'later' : undefined}>
							<b>{p.title}</b></p>
						{p.text && <div class={p.state === 'later'
							? 'later more' : 'more'}>{p.text}</div>}
					</div>
				</li>
			))}
		</ol>
	);
}
