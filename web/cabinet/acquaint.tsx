// SPDX-License-Identifier: Apache-2.0
// «Ознакомление»: the owner reads what was issued, and signs that with the new
// key.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { base64, keptKey } from '../agent/keys';
import { orderText, useOrder } from '../agent/order';
import { Button } from '../kit/button';
import { Checkbox } from '../kit/field';
import type { Fault } from '../kit/notice';
import { application, bytes, get, post, type Acquaintance, type Step }
	from './api';
import { Support } from './data';
import { Files } from './done';
import { StepPage, type Job } from './form';
import { useAct } from './hooks';
import { OrderSteps } from './steps';
import { useKey, WithKey } from './with_key';

export function Acquaint({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const key = useKey(job);
	const order = useOrder(app);
	const [what, setWhat] = useState<Acquaintance | null>(null);
	const [read, setRead] = useState(false);
	const [faults, setFaults] = useState<Fault[]>([]);
	const loading = useAct();

	useEffect(() => void loading.run(async () => setWhat(
		await get<Acquaintance>(application(app, 'acquaintance')))), [app]);
	const sign = async () => {
		if (!read) {
			setFaults([{ field: 'read', text: t('read.need') }]);
			return;
		}
		if (key.container === null || what === null) {
			return;
		}
		try {
			setFaults([]);
			const { signature } = await order.run('acquaint', {
				container: key.container.id, text: what.text,
				certificate: base64(await bytes(
					application(app, 'certificate/der'))) });
			await post<Step>(application(app, 'acquaintance'), { signature });
			await job.look();
		} catch (e) {
			setFaults([{ text: orderText(e) }]);
		}
		order.end();
	};
	return (
		<StepPage step="install" heading={t('read.h')}
			faults={[...faults, ...loading.faults]}>
			<p>{t('read.lead')}</p>
			{what !== null && <section class="group">
				<h2 id="read-text">{t('read.text')}</h2>
				<pre class="document" tabIndex={0} role="region"
					aria-labelledby="read-text">{what.text}</pre>
			</section>}
			{order.now !== null
				? <OrderSteps now={order.now} medium={keptKey(app)?.name ?? ''}
					onCancel={order.cancel} />
				: <WithKey chosen={key}>
					<Checkbox id="read" checked={read}
						wrong={read ? undefined : faults.find((f) => f.field)?.text}
						onChange={setRead}>{t('read.confirm')}</Checkbox>
					<div class="actions">
						<Button onPress={() => void sign()}>{t('read.sign')}</Button>
					</div>
				</WithKey>}
			<Files job={job} />
			<Support form={job.form} />
		</StepPage>
	);
}
