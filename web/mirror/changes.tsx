// SPDX-License-Identifier: Apache-2.0
// The difference between two lists of roots: how many of each kind, and which.
import { useState } from 'preact/hooks';
import { Plain } from '../kit/button';
import { date, groups } from '../kit/format';
import { m } from './texts';

const kinds = ['came', 'went', 'disabled', 'enabled', 'limited', 'freed',
	'uses', 'renamed'] as const;
type Kind = typeof kinds[number];

export interface Changes {
	since: string;
	counts: Record<Kind, number>;
	list: Change[];
}
interface Change {
	change: Kind;
	sha1: string;
	name: string;
	text: string; // in English
	at?: string;
	uses?: string;
	before?: string;
}

function wordsOf(c: Change): string {
	switch (c.change) {
	case 'came': case 'went': return '';
	case 'enabled': return m('change.enabled_text');
	case 'freed': return m('change.freed_text');
	case 'disabled': return c.at === undefined ? c.text
		: m('change.disabled_text', date(c.at));
	case 'limited': return c.at === undefined ? c.text
		: m('change.limited_text', date(c.at), c.uses ?? '');
	case 'renamed': return m('change.renamed_text', c.before ?? '');
	default: return c.text;
	}
}

const FIRST = 10;

export function ChangeList({ changes }: { changes: Changes }) {
	const [all, setAll] = useState(false);
	const shown = all ? changes.list : changes.list.slice(0, FIRST);
	if (changes.list.length === 0) {
		return <p>{m('changes.none')}</p>;
	}
	return (
		<>
			<p>{kinds.filter((k) => changes.counts[k] > 0)
				.map((k) => `${m(`change.${k}`)} ${changes.counts[k]}`)
				.join(', ')}.</p>
			<ul class="list">
				{shown.map((c) => (
					<li key={c.sha1 + c.change + c.text} class="row">
						<span><span class="title">{c.name}</span><br />
							{wordsOf(c) !== '' && <>
								<span class="about">{wordsOf(c)}</span><br /></>}
							<span class="about numbers">{groups(c.sha1, 4)}</span>
						</span>
						<span class="side">{m(`change.${c.change}`)}</span>
					</li>
				))}
			</ul>
			{shown.length < changes.list.length &&
				<Plain onPress={() => setAll(true)}>
					{m('changes.show', changes.list.length)}</Plain>}
		</>
	);
}
