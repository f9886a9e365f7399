// SPDX-License-Identifier: Apache-2.0
// «Ознакомление»: the owner reads what was issued, and signs that with the new
// key.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { useOrder } from '../agent/order';
import { Button } from '../kit/button';
import { Checkbox } from '../kit/field';
import { application, get, post, type Acquaintance, type Step } from './api';
import { Files } from './files';
import { StepPage, type Job } from './form';
import { useLoad } from './hooks';
import { OrderSteps } from './order_steps';
import { Support } from './support';
import { useKey, WithKey } from './with_key';

export function Acquaint({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const key = useKey(job);
	const order = useOrder(app, 'acquaint', async ({ signature }) => {
		await post<Step>(application(app, 'acquaintance'), { signature });
		await job.look();
	});
	const shown = useLoad(() => get<Acquaintance>(
		application(app, 'acquaintance')), app);
	const [read, setRead] = useState(false);

	const sign = () => {
		if (!read) {
			order.setFaults([{ field: 'read', text: t('read.need') }]);
		} else if (key.id !== null && shown.value !== null) {
			const input = { container: key.id, text: shown.value.text,
				certificate: key.certificate };
			order.run(() => Promise.resolve(input));
		}
	};
	return (
		<StepPage step="install" heading={t('read.h')}
			faults={[...order.faults, ...shown.faults]}>
			<p>{t('read.lead')}</p>
			{shown.value !== null && <section class="group">
				<h2 id="read-text">{t('read.text')}</h2>
				<pre class="document" tabIndex={0} role="region"
					aria-labelledby="read-text">{shown.value.text}</pre>
			</section>}
			{order.doing !== null
				? <OrderSteps doing={order.doing}
					medium={key.place.name} onCancel={order.cancel} />
				: <WithKey chosen={key}>
					<Checkbox id="read" checked={read}
						wrong={read ? undefined
							: order.faults.find((f) => f.field)?.text}
						onChange={setRead}>{t('read.confirm')}</Checkbox>
					<div class="actions">
						<Button onPress={sign}>{t('read.sign')}</Button>
					</div>
				</WithKey>}
			<Files job={job} />
			<Support form={job.form} ask={t('read.wrong')} />
		</StepPage>
	);
}
