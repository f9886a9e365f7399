// SPDX-License-Identifier: Apache-2.0
// «Скачать», with what to do with each file.
import { t } from '../i18n';
import { Link } from '../kit/link';
import type { Job } from './form';
import { KeyPage } from './form';
import { Files } from './files';

const ways = ['windows', 'linux', 'firefox', 'send'] as const;

export function Download({ job }: { job: Job }) {
	return (
		<KeyPage job={job} heading={t('files.h')}>
			<p>{t('files.lead')}</p>
			<Files job={job} bare />
			{ways.map((way) => (
				<section class="group text" key={way}>
					<h2>{t(`files.${way}`)}</h2>
					<p>{t(`files.${way}_how`)}</p>
				</section>
			))}
			<p><Link to="/trust">{t('trust.link')}</Link></p>
		</KeyPage>
	);
}
