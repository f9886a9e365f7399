// SPDX-License-Identifier: Apache-2.0
// «Сертификат получен»: the certificate as a document, and what one does with
// it: a copy first of all, while the key is still at hand.
import { t } from '../i18n';
import { Button, Plain } from '../kit/button';
import { Heading } from '../kit/page';
import { Files } from './files';
import { BackToList, type Job } from './form';
import { Paper } from './paper';

export function Ended({ job }: { job: Job }) {
	return (
		<>
			<BackToList />
			<Heading>{t('done.h')}</Heading>
			<Paper job={job} />
			<section class="group no-print">
				<h2>{t('copy.h')}</h2>
				<p>{t('copy.why')}</p>
				<div class="actions">
					<Button onPress={() => job.to('backup')}>{t('copy.do')}</Button>
					<Button second onPress={() => job.to('check')}>
						{t('check.do')}</Button>
				</div>
			</section>
			<Files job={job} />
			<div class="actions">
				<Button second onPress={() => print()}>{t('page.print')}</Button>
				<Plain onPress={() => job.to('install')}>
					{t('done.elsewhere')}</Plain>
			</div>
		</>
	);
}
