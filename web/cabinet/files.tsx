// SPDX-License-Identifier: Apache-2.0
// «Скачать»: the certificate's files, and what each is for.
import { t } from '../i18n';
import { Link } from '../kit/link';
import { application } from './api';
import { addressOf, type Job } from './form';

const formats = ['der', 'pem', 'p7b'] as const;

// bare: without the way to the instructions
export function Files({ job, bare }: { job: Job; bare?: boolean }) {
	const id = job.app?.id ?? '';
	return (
		<section class="group no-print">
			{!bare && <h2>{t('done.download')}</h2>}
			<ul class="list">
				{formats.map((format) => (
					<li key={format}>
						<a class="row" download
							href={application(id, `certificate/${format}`)}>
							<span><span class="title">{t(`done.${format}`)}</span><br />
								<span class="about">{t(`done.${format}_for`)}</span></span>
						</a>
					</li>
				))}
			</ul>
			{!bare && <p><Link class="plain"
				to={addressOf(job.form.id, 'download')}>{t('files.how')}</Link></p>}
		</section>
	);
}
