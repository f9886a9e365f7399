// SPDX-License-Identifier: Apache-2.0
// «Сертификат получен»: the certificate as a document, and what one does with
// it: a copy first of all, while the key is still at hand.
import { t } from '../i18n';
import { keptKey, type Store } from '../agent/keys';
import { Button, Plain } from '../kit/button';
import { Notice } from '../kit/notice';
import { Heading } from '../kit/page';
import { Files } from './files';
import { BackToList, type Job } from './form';
import { Paper } from './paper';
import { Stores } from './stores';

export function Ended({ job }: { job: Job }) {
	return (
		<>
			<BackToList />
			<Heading>{t('done.h')}</Heading>
			<Installed stores={keptKey(job.app?.id ?? '')?.stores ?? []} />
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

// What is there, as the agent has listed it back; nothing on a computer where
// it was not installed.
function Installed({ stores }: { stores: Store[] }) {
	return stores.length === 0 ? null : (
		<Notice tone="ok">
			<p>{t('done.installed')}</p>
			<Stores stores={stores} />
		</Notice>
	);
}
