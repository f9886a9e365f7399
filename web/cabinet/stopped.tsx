// SPDX-License-Identifier: Apache-2.0
// Where the person can do nothing here: not paid, refused, being corrected.
import { t } from '../i18n';
import { Heading } from '../kit/page';
import { BackToList, type Job } from './form';
import { ownerOf } from './paper';
import { Support } from './support';

export function Unpaid({ job }: { job: Job }) {
	return (
		<>
			<BackToList />
			<Heading>{t('pay.h')}</Heading>
			<div class="text">
				<p>{t('pay.text', ownerOf(job))}</p>
				<p class="quiet">{t('pay.self')}</p>
			</div>
			<Support form={job.form} ask={t('stop.ask')} />
		</>
	);
}

export function Stopped({ job }: { job: Job }) {
	const state = job.app?.state ?? job.form.state;
	return (
		<>
			<BackToList />
			<Heading>{state === 'refused' ? t('stop.refused')
				: state === 'withdrawn' ? t('stop.withdrawn')
					: t('stop.to_correct')}</Heading>
			<div class="text">
				{job.app?.reason && <p>{t('stop.why', job.app.reason)}</p>}
				{state === 'to_correct' && <p>{t('stop.to_correct_text')}</p>}
			</div>
			<Support form={job.form} ask={t('stop.ask')} />
		</>
	);
}
