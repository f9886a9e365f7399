// SPDX-License-Identifier: Apache-2.0
// Where the person can do nothing here: not paid, refused, being corrected.
import { t } from '../i18n';
import { Link } from '../kit/link';
import { Heading } from '../kit/page';
import { Support } from './data';
import type { Job } from './form';

const Back = () =>
	<div class="back"><Link class="plain" to="/my">{t('page.back')}</Link></div>;

export const ownerOf = (job: Job): string =>
	job.form.rows.find((r) => r.label === 'full_name')?.value ??
	job.form.rows.find((r) => r.label === 'organisation_name')?.value ?? '';

export function Unpaid({ job }: { job: Job }) {
	return (
		<>
			<Back />
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
			<Back />
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
