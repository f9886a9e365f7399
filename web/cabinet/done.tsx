// SPDX-License-Identifier: Apache-2.0
// «Сертификат получен»: the certificate as a document, and its files.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from '../kit/button';
import { date, groups } from '../kit/format';
import { Link } from '../kit/link';
import { SummaryList } from '../kit/list';
import { ErrorSummary, StatusTag } from '../kit/notice';
import { Heading } from '../kit/page';
import { application, get, type Certificate } from './api';
import type { Job } from './form';
import { useAct } from './hooks';
import { ownerOf } from './stopped';

export function Ended({ job }: { job: Job }) {
	return (
		<>
			<div class="back"><Link class="plain" to="/my">{t('page.back')}</Link></div>
			<Heading>{t('done.h')}</Heading>
			<Paper job={job} />
			<Files job={job} />
			<div class="actions">
				<Button second onPress={() => print()}>{t('page.print')}</Button>
			</div>
		</>
	);
}

export function Paper({ job }: { job: Job }) {
	const [cert, setCert] = useState<Certificate | null>(null);
	const { faults, run } = useAct();
	const id = job.app?.id ?? '';
	useEffect(() => void run(async () => setCert(
		await get<Certificate>(application(id, 'certificate')))), [id]);
	const type = job.form.rows.find((r) => r.label === 'type')?.value ?? '';
	return cert === null ? <ErrorSummary faults={faults} /> : (
		<section class="paper">
			<h2>{ownerOf(job)}</h2>
			<SummaryList rows={[
				{ label: t('done.status'), value: <StatusTag
					tone={cert.status === 'good' ? 'ok' : 'over'}>
					{t(`done.${cert.status}`)}</StatusTag> },
				{ label: t('done.until'), value: t('done.period',
					date(cert.not_before), date(cert.not_after)) },
				{ label: t('row.type'), value: type },
				{ label: t('done.for'), value: t('done.for_text') },
				{ label: t('done.serial'), value: groups(cert.serial.toUpperCase(), 4) },
			]} />
		</section>
	);
}

export function Files({ job }: { job: Job }) {
	const id = job.app?.id ?? '';
	return (
		<section class="group no-print">
			<h2>{t('done.download')}</h2>
			<ul class="list">
				{(['der', 'pem', 'p7b'] as const).map((format) => (
					<li key={format}>
						<a class="row" download
							href={application(id, `certificate/${format}`)}>
							<span><span class="title">{t(`done.${format}`)}</span><br />
								<span class="about">{t(`done.${format}_for`)}</span></span>
						</a>
					</li>
				))}
			</ul>
		</section>
	);
}
