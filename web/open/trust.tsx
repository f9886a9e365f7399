// SPDX-License-Identifier: Apache-2.0
// Whom the centre's certificates rest on: for anybody, signed in or not.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { installAuthorities } from '../agent/agent';
import { base64, type Store } from '../agent/keys';
import { useOrder, type Result } from '../agent/order';
import { isReady, useWorkplace } from '../agent/watch';
import { bytes, get, purposeText, type Authority } from '../cabinet/api';
import { useLoad } from '../cabinet/hooks';
import { OrderSteps } from '../cabinet/order_steps';
import { Stores } from '../cabinet/stores';
import { WorkplacePoints } from '../cabinet/workplace';
import { Button } from '../kit/button';
import { date, groups } from '../kit/format';
import { Link } from '../kit/link';
import { SummaryList } from '../kit/list';
import { ErrorSummary, Notice } from '../kit/notice';
import { Heading } from '../kit/page';

const formats = ['der', 'pem', 'p7b'] as const;

export function Trust() {
	const { value: all, faults } = useLoad(async () =>
		(await get<{ certificates: Authority[] }>('/v1/authorities'))
			.certificates, '');
	const [installs, setInstalls] = useState(false);
	const good = (all ?? []).filter((a) => a.revoked_at === undefined);
	const parts = all === null ? [] : [
		{ title: t('trust.roots'), about: t('trust.roots_about'),
			of: good.filter((a) => a.root) },
		{ title: t('trust.issuing'), about: t('trust.issuing_about'),
			of: good.filter((a) => !a.root) },
		{ title: t('trust.revoked'), about: t('trust.revoked_about'),
			of: all.filter((a) => a.revoked_at !== undefined) },
	].filter((p) => p.of.length > 0);
	return (
		<>
			<div class="back"><Link class="plain" to="/">{t('page.cabinet')}</Link></div>
			<Heading>{t('trust.h')}</Heading>
			<ErrorSummary faults={faults} />
			<p>{t('trust.lead')}</p>
			{all !== null && (installs ? <Install all={good} />
				: <div class="actions"><Button onPress={() => setInstalls(true)}>
					{t('install.do')}</Button></div>)}
			{all === null && faults.length === 0 &&
				<p role="status">{t('page.loading')}</p>}
			{parts.map((p) => (
				<section class="group" key={p.title}>
					<h2>{p.title}</h2>
					<p>{p.about}</p>
					{p.of.map((a) => <One key={a.sha256} what={a} />)}
				</section>
			))}
		</>
	);
}

const fileOf = (a: Authority, format: string) =>
	`/v1/authorities/${a.sha256}/${format}`;

// «Установить»: the agent has each root confirmed, and lists back what is
// there.
function Install({ all }: { all: Authority[] }) {
	const watch = useWorkplace();
	const [result, setResult] = useState<Result | null>(null);
	const order = useOrder('trust', 'authorities',
		async (told) => setResult(told),
		(_, input) => installAuthorities(input.certificates as string[]));
	const install = () => order.run(async () => ({ certificates:
		await Promise.all(all.map(async (a) =>
			base64(await bytes(fileOf(a, 'der'))))) }));
	if (result !== null) {
		const { roots, intermediates, refused, stores } = result as {
			roots: number; intermediates: number; refused: number;
			stores: Store[] };
		return (
			<Notice tone="ok">
				<p>{t('trust.installed', roots, intermediates)}{' '}
					{refused > 0 && t('trust.refused', refused)}</p>
				<Stores stores={stores} />
			</Notice>
		);
	}
	return !isReady(watch) ? <WorkplacePoints watch={watch} /> : (
		<section class="group">
			<ErrorSummary faults={order.faults} />
			<p>{t('trust.install_lead')}</p>
			{order.doing !== null
				? <OrderSteps doing={order.doing} medium=""
					onCancel={order.cancel} />
				: <div class="actions"><Button onPress={install}>
					{t('trust.install')}</Button></div>}
		</section>
	);
}

function One({ what }: { what: Authority }) {
	return (
		<article class="paper">
			<h3>{what.name ?? what.subject}</h3>
			{what.revoked_at !== undefined && <Notice tone="wrong">
				<p>{t('trust.was_revoked', date(what.revoked_at))}</p></Notice>}
			<SummaryList rows={[
				{ label: t('done.until'), value: t('done.period',
					date(what.not_before), date(what.not_after)) },
				{ label: t('done.for'), value: purposeText(what.purposes) },
				{ label: t('trust.sha256'),
					value: groups(what.sha256.toUpperCase(), 4) },
				{ label: t('trust.size'), value: t('trust.bytes', what.size) },
				...(what.revoked_at !== undefined ? [] : [{
					label: t('done.download'), value: <span class="actions">
						{formats.map((f) => (
							<a key={f} class="plain" download
								aria-label={`${f === 'der' ? '.cer' : `.${f}`}, ` +
									(what.name ?? '')}
								href={fileOf(what, f)}>
								{f === 'der' ? '.cer' : `.${f}`}</a>
						))}
					</span> }]),
			]} />
		</article>
	);
}
