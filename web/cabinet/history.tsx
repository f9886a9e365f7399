// SPDX-License-Identifier: Apache-2.0
// Who did what with a person's forms and certificates, and their sign-ins: so
// that a stranger's hand is seen.
import { useState } from 'preact/hooks';
import { t, textOf } from '../i18n';
import { Plain } from '../kit/button';
import { moment } from '../kit/format';
import { Link } from '../kit/link';
import { ErrorSummary } from '../kit/notice';
import { Heading } from '../kit/page';
import { get } from './api';
import { BackToList } from './form';
import { useAct, useLoad } from './hooks';

const PATH = '/v1/my/history';

interface Event {
	record: string;
	at: string;
	action: string;
	by: 'person' | 'owner' | 'operator' | 'centre';
	here?: boolean; // in this very session
	phone?: string; // masked
}
interface Page {
	events: Event[];
	next?: string;
}

const whoOf = (e: Event): string => [t(`by.${e.by}`), e.phone,
	e.here ? t('by.here') : ''].filter(Boolean).join(', ');

export function History() {
	const first = useLoad(() => get<Page>(PATH), PATH);
	const [more, setMore] = useState<Page[]>([]);
	const { faults, run } = useAct();
	const pages = first.value === null ? [] : [first.value, ...more];
	const next = pages.at(-1)?.next;
	return (
		<>
			<BackToList />
			<Heading>{t('history.h')}</Heading>
			<ErrorSummary faults={[...first.faults, ...faults]} />
			<p>{t('history.lead')}{' '}
				<Link to="/stop">{t('halt.h')}</Link></p>
			{first.value === null && first.faults.length === 0 &&
				<p role="status">{t('page.loading')}</p>}
			<ul class="list">
				{pages.flatMap((p) => p.events).map((e) => (
					<li key={e.record} class="row">
						<span><span class="title">
							{textOf('did', e.action) || e.action}</span><br />
						<span class="about">{whoOf(e)}</span></span>
						<span class="side numbers">{moment(e.at)}</span>
					</li>
				))}
			</ul>
			{next !== undefined && <Plain onPress={() => void run(async () => {
				const page = await get<Page>(`${PATH}?after=${next}`);
				setMore([...more, page]);
			})}>{t('list.more')}</Plain>}
		</>
	);
}
