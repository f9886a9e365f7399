// SPDX-License-Identifier: Apache-2.0
// The certificate as a document that people recognise.
import { t } from '../i18n';
import { date, groups } from '../kit/format';
import { SummaryList } from '../kit/list';
import { ErrorSummary, StatusTag } from '../kit/notice';
import { application, get, purposeText, type Certificate } from './api';
import { rowOf, type Job } from './form';
import { useLoad } from './hooks';

export const ownerOf = (job: Job): string =>
	rowOf(job, 'full_name') || rowOf(job, 'organisation_name');

export function Paper({ job }: { job: Job }) {
	const id = job.app?.id ?? '';
	const { value: cert, faults } = useLoad(() => get<Certificate>(
		application(id, 'certificate')), id);
	const position = [rowOf(job, 'position'), rowOf(job, 'organisation_name')]
		.filter(Boolean).join(', ');
	return cert === null ? <ErrorSummary faults={faults} /> : (
		<section class="paper">
			<p class="quiet">{t('done.document')}</p>
			<h2>{ownerOf(job)}</h2>
			{rowOf(job, 'full_name') !== '' && position !== '' &&
				<p>{position}</p>}
			<SummaryList rows={[
				{ label: t('done.status'), value: <StatusTag
					tone={cert.status === 'good' ? 'ok' : 'over'}>
					{t(`done.${cert.status}`)}</StatusTag> },
				{ label: t('done.until'), value: t('done.period',
					date(cert.not_before), date(cert.not_after)) },
				{ label: t('row.type'), value: rowOf(job, 'type') },
				{ label: t('done.for'), value: purposeText(cert.purposes) },
				{ label: t('done.serial'), value: groups(cert.serial.toUpperCase(), 4) },
			]} />
		</section>
	);
}
