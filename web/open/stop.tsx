// SPDX-License-Identifier: Apache-2.0
// «Остановить сертификат», for anybody: by phone in the cabinet, or, without a
// phone, by a signature of the key itself.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { AgentProblem, containers, start, type Container } from '../agent/agent';
import { useOrder } from '../agent/order';
import { isReady, useWorkplace } from '../agent/watch';
import { post, type Order } from '../cabinet/api';
import { Ended } from '../cabinet/halt';
import { OrderSteps } from '../cabinet/order_steps';
import { Reasons, type Reason } from '../cabinet/reasons';
import { DeviceNotice } from '../cabinet/support';
import { WorkplacePoints } from '../cabinet/workplace';
import { Button } from '../kit/button';
import { Choices } from '../kit/field';
import { date } from '../kit/format';
import { MediumIcon } from '../kit/icon';
import { Link } from '../kit/link';
import { ErrorSummary, Notice } from '../kit/notice';
import { Heading } from '../kit/page';

// What is signed, and that the centre will make again from the same.
interface Asked {
	certificate: string;
	reason: Reason;
	made_at: string;
}

export function Stop() {
	const [by, setBy] = useState<'phone' | 'key'>('phone');
	return (
		<>
			<Heading>{t('halt.h')}</Heading>
			{by === 'phone' ? (
				<>
					<Lead />
					<section class="group">
						<h2>{t('halt.phone')}</h2>
						<p>{t('halt.phone_how')}</p>
						<div class="actions"><Link class="button"
							to="/my/certificates">{t('halt.phone_do')}</Link></div>
					</section>
					<section class="group">
						<h2>{t('halt.key')}</h2>
						<p>{t('halt.key_how')}</p>
						<div class="actions"><Button second onPress={() => setBy('key')}>
							{t('halt.key_do')}</Button></div>
					</section>
					<section class="group">
						<h2>{t('halt.neither')}</h2>
						<p>{t('halt.neither_how')}</p>
					</section>
				</>
			) : <ByKey />}
		</>
	);
}

const Lead = () =>
	<Notice tone="need"><p>{t('halt.lead')}</p></Notice>;

function ByKey() {
	const watch = useWorkplace();
	const [found, setFound] = useState<Container[]>([]);
	const [id, setId] = useState('');
	const [reason, setReason] = useState<Reason>('superseded');
	const [ended, setEnded] = useState(false);
	const asked = useRef<Asked | null>(null);
	const order = useOrder('stop', 'acquaint', async ({ signature }) => {
		if (asked.current !== null) {
			await post<unknown>('/v1/stop', { ...asked.current, signature });
			setEnded(true);
		}
	}, async (agent, input) => start(await post<Order>('/v1/stop/orders',
		{ ...asked.current, agent }), input));
	const there = JSON.stringify(watch.place?.media);
	useEffect(() => {
		if (watch.place !== null) {
			containers().then((all) => setFound(all.filter((c) =>
				c.certificate !== null)), (e: unknown) => {
				if (!(e instanceof AgentProblem)) {
					throw e;
				}
			});
		}
	}, [there]);
	const kindOf = (medium: string) =>
		watch.place?.media.find((m) => m.id === medium)?.kind ?? 'token';
	const chosen = found.find((c) => c.id === id) ?? found[0];
	const end = (c: Container) => order.run(async () => {
		const certificate = c.certificate?.der ?? '';
		const said = await post<{ text: string; made_at: string }>(
			'/v1/stop/challenge', { certificate, reason });
		asked.current = { certificate, reason, made_at: said.made_at };
		return { container: c.id, text: said.text, certificate };
	});
	if (ended) {
		return <Ended />;
	}
	if (!isReady(watch)) {
		return <><DeviceNotice /><WorkplacePoints watch={watch} /></>;
	}
	return (
		<>
			<ErrorSummary faults={order.faults} />
			<Lead />
			{order.doing !== null
				? <OrderSteps doing={order.doing} medium={''}
					onCancel={order.cancel} />
				: chosen === undefined
					? <Notice tone="need"><p>{t('halt.insert')}</p></Notice>
					: <>
						<Choices label={t('install.which')} value={chosen.id}
							onChange={setId} choices={found.map((c) => ({
								value: c.id, title: c.label,
								icon: <MediumIcon kind={kindOf(c.medium)} />,
								about: t('copy.until',
									date(c.certificate?.not_after ?? '')) }))} />
						<Reasons value={reason} onChange={setReason} />
						<div class="actions"><Button onPress={() => end(chosen)}>
							{t('halt.do')}</Button></div>
					</>}
		</>
	);
}
