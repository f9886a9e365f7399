// SPDX-License-Identifier: Apache-2.0
// «Мои сертификаты»: what needs the person first, then what runs, then what
// is done.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Plain } from '../kit/button';
import { date } from '../kit/format';
import { Link } from '../kit/link';
import { List, type Row } from '../kit/list';
import { ErrorSummary, StatusTag } from '../kit/notice';
import { Heading } from '../kit/page';
import { get, type FormRow, type State } from './api';
import { useLook, useSaid } from './events';
import { addressOf } from './form';
import { useAct } from './hooks';

const PAGE = 50;
const LOOK_MS = 4000;

type Tone = 'ok' | 'wait' | 'need' | 'over';
export const tones: Record<State, Tone> = {
	unpaid: 'need', ready: 'need', checked: 'need', keyed: 'need',
	confirmed: 'wait', review: 'wait', approved: 'wait', issuing: 'wait',
	issued: 'need', acquainted: 'need', installed: 'ok',
	refused: 'over', withdrawn: 'over', to_correct: 'wait',
};

function rowOf(f: FormRow, loud: boolean): Row {
	const owner = [f.surname, f.given_name, f.patronymic].join(' ').trim();
	const org = f.organisation_name;
	return {
		id: f.id,
		// Data that were checked once need not be looked at again.
		to: addressOf(f.id, f.state === 'checked' ? 'workplace' : ''),
		title: owner === '' ? org : owner,
		about: `${owner !== '' && org !== '' ? org : t('list.own')} · ` +
			t('list.made', date(f.created_at)),
		side: <>
			<StatusTag tone={tones[f.state]}>{t(`state.${f.state}`)}</StatusTag>
			{loud && <span class="button press">{t(`next.${f.next}`)}</span>}
		</>,
	};
}

// The list with what the centre has told of one of its rows.
function changed(all: FormRow[], row: FormRow & { withdrawn?: boolean }):
	FormRow[] {
	const others = all.filter((f) => f.id !== row.id);
	return row.withdrawn ? others
		: others.length === all.length ? [row, ...all]
			: all.map((f) => f.id === row.id ? row : f);
}

export function MyForms() {
	const [forms, setForms] = useState<FormRow[] | null>(null);
	const { busy, faults, run } = useAct();
	const told = useRef(0); // rows that came by themselves
	const path = (after?: string) =>
		`/v1/my/forms${after === undefined ? '' : `?after=${after}`}`;

	// As many pages as are shown, so that a look never folds the list up.
	const look = () => void run(async () => {
		const before = told.current;
		const all: FormRow[] = [];
		const want = Math.max(1, Math.ceil((forms?.length ?? 0) / PAGE));
		for (let i = 0; i < want; i += 1) {
			const page = await get<{ forms: FormRow[] }>(path(all.at(-1)?.id));
			all.push(...page.forms);
			if (page.forms.length < PAGE) {
				break;
			}
		}
		setForms(all);
		if (told.current !== before) {
			look(); // what was told meanwhile may be newer
		}
	});
	useEffect(look, []);
	useLook(LOOK_MS, look, !busy);
	useSaid((said) => {
		if (said.kind === 'anything') {
			look();
		} else if (said.kind === 'form') {
			told.current += 1;
			setForms((all) => changed(all ?? [], said.row));
		}
	});

	return (
		<>
			<Heading>{t('list.h')}</Heading>
			<ErrorSummary faults={faults} />
			{forms === null ? faults.length === 0 &&
				<p role="status">{t('page.loading')}</p>
				: <Groups forms={forms} />}
			{forms !== null && forms.length > 0 && forms.length % PAGE === 0 &&
				<Plain onPress={() => void run(async () => {
					const next = await get<{ forms: FormRow[] }>(
						path(forms.at(-1)?.id));
					setForms([...forms, ...next.forms]);
				})}>{t('list.more')}</Plain>}
			{forms !== null && <p class="actions">
				<Link class="plain" to="/my/certificates">{t('kept.h')}</Link>
				<Link class="plain" to="/my/keys">{t('keys.h')}</Link>
				<Link class="plain" to="/my/history">{t('history.h')}</Link>
			</p>}
		</>
	);
}

function Groups({ forms }: { forms: FormRow[] }) {
	const of = (...wanted: Tone[]) =>
		forms.filter((f) => wanted.includes(tones[f.state]));
	const groups = [
		{ title: t('list.need'), rows: of('need'), loud: true },
		{ title: t('list.run'), rows: of('wait'), loud: false },
		{ title: t('list.done'), rows: of('ok'), loud: false },
		{ title: t('list.closed'), rows: of('over'), loud: false },
	].filter((g) => g.rows.length > 0);
	return groups.length === 0 ? <p>{t('list.empty')}</p> : (
		<>
			{groups.map((g) => (
				<section class="group" key={g.title}>
					<h2>{g.title}</h2>
					<List loud={g.loud} rows={g.rows.map((f) => rowOf(f, g.loud))} />
				</section>
			))}
		</>
	);
}
