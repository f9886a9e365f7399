// SPDX-License-Identifier: Apache-2.0
// «Установка»: into the key's container and the person's stores.
import { t } from '../i18n';
import { base64, certificatesOf, keepKey, keptKey, type Store } from '../agent/keys';
import { useOrder } from '../agent/order';
import { Button } from '../kit/button';
import { application, bytes, post, type Step } from './api';
import { Files } from './files';
import { StepPage, type Job } from './form';
import { OrderSteps } from './order_steps';
import { Paper } from './paper';
import { useKey, WithKey } from './with_key';

export function Install({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const key = useKey(job);
	const order = useOrder(app, 'install', async ({ stores }) => {
		keepKey(app, { medium: '', name: '', ...keptKey(app),
			stores: stores as Store[] });
		// On a second computer there is nothing more to tell.
		if (job.app?.state !== 'installed') {
			await post<Step>(application(app, 'installed'));
			await job.look();
		} else {
			job.to('done');
		}
	});
	const install = () => order.run(async () => {
		const chain = certificatesOf(await bytes(
			application(app, 'certificate/p7b'))).map(base64)
			.filter((c) => c !== key.certificate);
		return { container: key.id, certificate: key.certificate, chain };
	});
	return (
		<StepPage step="install" heading={t('install.h')} faults={order.faults}>
			<Paper job={job} />
			<p>{t('install.lead')}</p>
			{order.doing !== null
				? <OrderSteps doing={order.doing}
					medium={key.place.name} onCancel={order.cancel} />
				: <WithKey chosen={key}>
					<div class="actions">
						<Button onPress={install}>{t('install.do')}</Button>
					</div>
				</WithKey>}
			<Files job={job} />
		</StepPage>
	);
}
